#include "runner/growth/sealed_files.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using Catch::Matchers::Contains;

namespace {

struct Toy {
  Toy() { tests::write_toy_sweep(scratch.path()); }
  Plan plan() const {
    return make_plan(read_sweep(scratch.file("sweep.toml"), ""));
  }
  // As results.h5 of the plan would have it.
  static SealedInputs sealed(const Plan& plan) {
    SealedInputs sealed{plan.sweep.effective, {}};
    for (const auto& one : plan.tables.models) {
      sealed.files.push_back(
          {SealedFile::Kind::model, one.name.str(), one.digest.str()});
    }
    for (const auto& one : plan.tables.saes) {
      sealed.files.push_back(
          {SealedFile::Kind::sae, one.name.str(), one.digest.str()});
    }
    for (const auto& one : plan.tables.behaviours) {
      sealed.files.push_back(
          {SealedFile::Kind::data, one.name.str(), one.digest.str()});
    }
    return sealed;
  }
  void append(const char* file, const char* text) const {
    std::ofstream(scratch.file(file), std::ios::app | std::ios::binary) << text;
  }
  void edit(const std::string& from, const std::string& to) const {
    std::string text = tests::read_file(scratch.file("sweep.toml"));
    text.replace(text.find(from), from.size(), to);
    tests::write_file(scratch.file("sweep.toml"), text);
  }
  tests::Scratch scratch;
};

}  // namespace

TEST_CASE("a file that the sweep names as before, and is another one, changed",
          "[runner][sealed_files]") {
  const Toy toy;
  const Plan before = toy.plan();
  const SealedInputs sealed = Toy::sealed(before);
  CHECK(changed_files(sealed, before).empty());
  SECTION("the model") {
    toy.append("model.gguf", "more");
    const auto changed = changed_files(sealed, toy.plan());
    REQUIRE(changed.size() == 1);
    CHECK(changed[0].kind == SealedFile::Kind::model);
    CHECK(changed[0].before == before.models[0].source.digest);
    CHECK(changed[0].now != changed[0].before);
    const ProgramError error = refusal_of(changed, storage::RunDirectory("r"));
    CHECK(error.code() == ExitCode::bad_model);
    for (const std::string& text :
         {changed[0].before, changed[0].now, std::string("model.gguf"),
          std::string("--changed")}) {
      CHECK_THAT(error.what(), Contains(text));
    }
  }
  SECTION("data") {
    toy.append("words.jsonl", "\n");
    const auto changed = changed_files(sealed, toy.plan());
    REQUIRE(changed.size() == 1);
    CHECK(changed[0].name == "words");
    CHECK(refusal_of(changed, storage::RunDirectory("r")).code() ==
          ExitCode::bad_data);
  }
}

TEST_CASE("a sweep that grew, or names another file, changed no file",
          "[runner][sealed_files]") {
  const Toy toy;
  const SealedInputs sealed = Toy::sealed(toy.plan());
  toy.edit("multipliers = [-2, 0, 2]", "multipliers = [-2, 0, 2, 4]");
  CHECK(changed_files(sealed, toy.plan()).empty());
  std::filesystem::copy_file(toy.scratch.file("words.jsonl"),
                             toy.scratch.file("more.jsonl"));
  toy.append("more.jsonl", "\n");
  toy.edit("\"words.jsonl\"", "\"more.jsonl\"");
  CHECK(changed_files(sealed, toy.plan()).empty());
}

TEST_CASE("results are kept under names that nothing has",
          "[runner][sealed_files]") {
  const tests::Scratch scratch;
  const storage::RunDirectory run(scratch.path());
  const auto time = std::filesystem::file_time_type::clock::now();
  std::vector<std::string> kept;
  for (const char* text : {"first", "second", "third"}) {
    tests::write_file(run.results(), text);
    // Sealed in the same second.
    std::filesystem::last_write_time(run.results(), time);
    std::filesystem::create_directory(run.activations_folder());
    tests::write_file(run.activations_folder() + "/000.h5", text);
    kept.push_back(keep_results(run));
    CHECK(!std::filesystem::exists(run.results()));
    CHECK(!std::filesystem::exists(run.activations_folder()));
  }
  CHECK(tests::read_file(kept[0]) == "first");
  CHECK(tests::read_file(kept[1]) == "second");
  CHECK(tests::read_file(kept[2]) == "third");
  for (const std::string& path : kept) {
    const std::string stamp = path.substr(path.find("results.") + 8);
    CHECK(tests::read_file(run.activations_folder() + "." +
                           stamp.substr(0, stamp.size() - 3) + "/000.h5") ==
          tests::read_file(path));
  }
}

TEST_CASE("a results file that is damaged names no files",
          "[runner][sealed_files]") {
  const tests::Scratch scratch;
  const storage::RunDirectory run(scratch.path());
  CHECK(!read_sealed_inputs(run));
  tests::write_file(run.results(), "no HDF5");
  CHECK(!read_sealed_inputs(run));
}
