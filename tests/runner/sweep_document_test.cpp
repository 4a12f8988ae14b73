#include "runner/sweep/sweep_document.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "runner/base/exit_code.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "tests/support/minimal_sweep.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

struct Files {
  void write(const std::string& name, const std::string& text) const {
    tests::write_file(scratch.file(name), text);
  }
  Sweep read() const { return read_sweep(scratch.file("s.toml"), ""); }
  std::string refusal() const {
    try {
      read();
    } catch (const ProgramError& error) {
      CHECK(error.code() == ExitCode::bad_sweep);
      return error.what();
    }
    return "";
  }
  tests::Scratch scratch;
};

}  // namespace

TEST_CASE("a file goes over what it includes, key by key and name by name",
          "[runner][sweep_document]") {
  const Files files;
  files.write("base.toml", tests::kMinimalSweep);
  files.write("s.toml", R"(include = ["base.toml"]
name = "y"
[steer]
random = 3
multipliers = [2]
[[data]]
behaviour = "b"
test_items = 7
[[data]]
behaviour = "c"
source = "c.jsonl"
)");
  const Sweep sweep = files.read();
  CHECK(sweep.name == "y");
  CHECK(sweep.steer.random == 3);
  CHECK(sweep.steer.layers == std::vector<int>{2});
  CHECK(sweep.steer.multipliers == std::vector<double>{2});
  REQUIRE(sweep.data.size() == 2);
  CHECK(sweep.data[0].source == "b.jsonl");
  CHECK(sweep.data[0].test_items == 7);
  CHECK(sweep.data[1].behaviour == "c");
}

TEST_CASE("paths in an included file are relative to it",
          "[runner][sweep_document]") {
  const Files files;
  std::filesystem::create_directory(files.scratch.file("common"));
  files.write("common/models.toml",
              "[[model]]\nid = \"m\"\nsource = \"../m.gguf\"\n"
              "[[sae]]\nsource = \"saes/{layer}\"\nlayer = [1, 2]\n");
  files.write("common/base.toml", "include = [\"models.toml\"]\n");
  std::string text =
      tests::replaced("[[model]]\nid = \"m\"\nsource = \"m.gguf\"", "");
  files.write("s.toml", "include = [\"common/base.toml\"]\n" + text);
  const Sweep sweep = files.read();
  CHECK(sweep.models[0].source == "m.gguf");
  CHECK(sweep.saes.at(1).source == "common/saes/2");
}

TEST_CASE("errors name the included file and its line",
          "[runner][sweep_document]") {
  const Files files;
  files.write("base.toml", "[steer]\nrandon = 3\n");
  files.write("s.toml", std::string("include = [\"base.toml\"]\n") +
                            tests::kMinimalSweep);
  CHECK_THAT(files.refusal(), Catch::Contains("base.toml:2: steer.randon") &&
                                  Catch::Contains("steer.random?"));
}

TEST_CASE("files that include each other, or nothing, are refused",
          "[runner][sweep_document]") {
  const Files files;
  const auto refused = [&](const std::string& include) {
    files.write("s.toml", include + "\n" + tests::kMinimalSweep);
    return files.refusal();
  };
  files.write("base.toml", "include = [\"s.toml\"]\n");
  CHECK_THAT(refused("include = [\"base.toml\"]"),
             Catch::Contains("base.toml:1: include: s.toml, which includes"));
  CHECK_THAT(refused("include = [\"./s.toml\"]"),
             Catch::Contains("each other"));
  CHECK_THAT(refused("include = [\"no.toml\"]"),
             Catch::Contains("no.toml: No such"));
  CHECK_THAT(refused("include = \"base.toml\""),
             Catch::Contains("s.toml:1: include: a string"));
  CHECK_THAT(refused("include = [3]"), Catch::Contains("an integer"));
  for (int i = 0; i < 9; ++i) {
    files.write(std::to_string(i) + ".toml",
                "include = [\"" + std::to_string(i + 1) + ".toml\"]\n");
  }
  files.write("9.toml", "");
  CHECK_THAT(refused("include = [\"0.toml\"]"),
             Catch::Contains("at most 8 files"));
  CHECK(refused("include = [\"3.toml\"]").empty());
}

TEST_CASE("an include that doubles at each step ends early",
          "[runner][sweep_document]") {
  const Files files;
  for (int i = 0; i < 7; ++i) {
    const std::string next = "\"" + std::to_string(i + 1) + ".toml\"";
    files.write(std::to_string(i) + ".toml",
                "include = [" + next + ", " + next + "]\n");
  }
  files.write("7.toml", "");
  files.write("s.toml",
              std::string("include = [\"0.toml\"]\n") + tests::kMinimalSweep);
  CHECK_THAT(files.refusal(), Catch::Contains("64 altogether"));
}
