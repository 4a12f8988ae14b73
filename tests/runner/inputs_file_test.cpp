#include "runner/growth/inputs_file.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using Catch::Matchers::Contains;

namespace {

RunInputs some_inputs() {
  RunInputs inputs;
  inputs.program_version = "0.1";
  inputs.selections.add("layer=1");
  Facts& facts = inputs.groups[{"evaluate", "m", "b", ""}];
  for (const char* value : {"-1", "0", "1"}) facts["multiplier"].add(value);
  facts["top"].add("5");
  return inputs;
}

}  // namespace

TEST_CASE("what starts were made of is read as it was written",
          "[runner][inputs_file]") {
  const tests::Scratch scratch;
  const storage::RunDirectory run(scratch.path());
  CHECK(!read_inputs(run).inputs);
  CHECK(read_inputs(run).fault.empty());
  write_inputs(run, some_inputs());
  const NotedInputs noted = read_inputs(run);
  REQUIRE(noted.inputs);
  CHECK(noted.inputs->program_version == "0.1");
  CHECK(noted.inputs->selections.has("layer=1"));
  REQUIRE(noted.inputs->groups.size() == 1);
  const auto& [subject, facts] = *noted.inputs->groups.begin();
  CHECK(subject == Subject{"evaluate", "m", "b", ""});
  CHECK(facts.at("multiplier").list() ==
        std::vector<std::string>{"-1", "0", "1"});
}

TEST_CASE("a damaged file, or a newer program's, is told and not trusted",
          "[runner][inputs_file]") {
  const tests::Scratch scratch;
  const storage::RunDirectory run(scratch.path());
  write_inputs(run, some_inputs());
  const std::string path = scratch.file("inputs.json");
  REQUIRE(std::filesystem::exists(path));
  const std::string whole = tests::read_file(path);
  // Wherever it is cut, and whatever is in its place.
  for (std::size_t n = 0; n < whole.size() - 1; n += 7) {
    tests::write_file(path, whole.substr(0, n));
    CHECK(!read_inputs(run).inputs);
    CHECK_THAT(read_inputs(run).fault, Contains("inputs.json"));
  }
  for (const char* text : {"[]", "null", "{}", "{\"format\": \"one\"}",
                           "{\"format\": 1, \"program_version\": 3}"}) {
    tests::write_file(path, text);
    CHECK(!read_inputs(run).inputs);
    CHECK_THAT(read_inputs(run).fault, Contains("is damaged"));
  }
  tests::write_file(path, "{\"format\": 2}");
  CHECK_THAT(read_inputs(run).fault, Contains("newer program"));
}

TEST_CASE("further keys of another program are no obstacle",
          "[runner][inputs_file]") {
  const tests::Scratch scratch;
  const storage::RunDirectory run(scratch.path());
  write_inputs(run, some_inputs());
  std::string text = tests::read_file(scratch.file("inputs.json"));
  text.insert(1, "\"more\": [1, 2], ");
  tests::write_file(scratch.file("inputs.json"), text);
  CHECK(read_inputs(run).inputs);
}

TEST_CASE("of a setting the newest start's value is the last",
          "[runner][inputs_file]") {
  RunInputs all = some_inputs(), next;
  const Subject subject{"evaluate", "m", "b", ""};
  next.groups[subject]["top"].add("6");
  next.groups[subject]["multiplier"].add("4");
  add_start(all, next);
  CHECK(all.groups[subject]["top"].list() ==
        std::vector<std::string>{"5", "6"});
  add_start(all, some_inputs());
  CHECK(all.groups[subject]["top"].list() ==
        std::vector<std::string>{"6", "5"});
  CHECK(all.groups[subject]["multiplier"].list() ==
        std::vector<std::string>{"-1", "0", "1", "4"});
}
