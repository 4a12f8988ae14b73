#include "runner/bill/calibration.hpp"

#include <catch2/catch.hpp>

#include "runner/plan/plan.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "storage/files/fault.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

Calibration calibration(const std::string& numerics,
                        const std::string& measured) {
  Calibration one;
  one.numerics = numerics;
  one.compute = "float32";
  one.model = "llama";
  one.host = "here";
  one.measured = measured;
  one.paces[jobs::kKindOf<jobs::ExtractTask>] = {0.5, 2e-11};
  one.model_load_rate = 1e9;
  one.seal_rate = 2e8;
  return one;
}

const CalibrationKey kKey{"cpu A", "float32", "llama"};

}  // namespace

TEST_CASE("a calibration is kept and found again", "[runner][calibration]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("new/folder/calibration.json");
  CHECK(read_calibrations(path).empty());
  keep_calibration(path, calibration("cpu A", "2026-01-01"));
  const auto all = read_calibrations(path);
  const Calibration* found = find_calibration(all, kKey);
  REQUIRE(found != nullptr);
  CHECK(found->measured == "2026-01-01");
  CHECK(found->model_load_rate == 1e9);
  CHECK(found->seconds(jobs::kKindOf<jobs::ExtractTask>, 1e11) == 2.5);
  CHECK_FALSE(found->seconds(jobs::kKindOf<jobs::EvaluateTask>, 1e11));
  CHECK(found->seconds(jobs::kKindOf<jobs::ObserveTask>, 1e11) == 2.5);
}

TEST_CASE("one of the same key takes the older one's place",
          "[runner][calibration]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("calibration.json");
  keep_calibration(path, calibration("cpu A", "2026-01-01"));
  keep_calibration(path, calibration("cpu B", "2026-01-02"));
  keep_calibration(path, calibration("cpu A", "2026-01-03"));
  const auto all = read_calibrations(path);
  CHECK(all.size() == 2);
  CHECK(find_calibration(all, kKey)->measured == "2026-01-03");
}

TEST_CASE("another machine's is taken where there is no better one",
          "[runner][calibration]") {
  std::vector<Calibration> all{calibration("cpu B", "2026-01-01"),
                               calibration("cpu C", "2026-01-02")};
  CHECK(find_calibration(all, kKey)->numerics == "cpu C");
  all.push_back(calibration("cpu A", "2025-01-01"));
  CHECK(find_calibration(all, kKey)->numerics == "cpu A");
  CHECK(find_calibration(all, {"cpu A", "bfloat16", "llama"}) == nullptr);
  CHECK(find_calibration(all, {"cpu A", "float32", "gemma"}) == nullptr);
}

TEST_CASE("a damaged file is told by name, and written anew",
          "[runner][calibration]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("calibration.json");
  keep_calibration(path, calibration("cpu A", "2026-01-01"));
  const std::string good = tests::read_file(path);
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  for (const std::string& bad :
       {std::string("{\"format\": 1"), std::string("[]"),
        replaced("\"format\": 1", "\"format\": 9"), replaced("0.5", "-0.5"),
        replaced("0.5", "\"fast\""), replaced("seal_rate", "seal_raze")}) {
    tests::write_file(path, bad);
    CHECK_THROWS_WITH(read_calibrations(path), Catch::Contains(path));
  }
  keep_calibration(path, calibration("cpu A", "2026-01-02"));
  CHECK(read_calibrations(path).size() == 1);
}

TEST_CASE("a start is told what this machine was measured to do, or nothing",
          "[runner][calibration]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.path());
  const Plan plan = make_plan(read_sweep(scratch.file("sweep.toml"), ""));
  const CalibrationKey key = calibration_key(plan);
  const std::string cache = scratch.file("cache");
  Calibration one = calibration("an abacus", "2026-01-02");
  one.model = key.model;
  one.compute = key.compute;
  keep_calibration(calibration_file(cache), one);
  CHECK_FALSE(calibration_here(cache, plan));
  one.numerics = key.numerics;
  keep_calibration(calibration_file(cache), one);
  REQUIRE(calibration_here(cache, plan));
  CHECK(calibration_here(cache, plan)->numerics == key.numerics);
  CHECK_FALSE(calibration_here("", plan));
  tests::write_file(calibration_file(cache), "{");
  CHECK_FALSE(calibration_here(cache, plan));
}
