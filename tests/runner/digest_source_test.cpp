#include "runner/plan/digest_source.hpp"

#include <catch2/catch.hpp>

#include "runner/base/exit_code.hpp"
#include "runner/plan/plan.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "storage/files/digest.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

TEST_CASE("genuine digests are of the bytes, stand-ins of the path",
          "[runner][digest_source]") {
  const tests::Scratch scratch;
  const std::string a = scratch.file("a"), b = scratch.file("b");
  tests::write_file(a, "same");
  tests::write_file(b, "same");
  const auto whole = whole_file_digests(), stand_in = stand_in_digests();
  CHECK(whole->file(a) == storage::sha256("same"));
  CHECK(whole->file(a) == whole->file(b));
  CHECK(whole->model(a) == whole->file(a));
  CHECK(stand_in->file(a) == stand_in->file(a));
  CHECK(stand_in->file(a) != stand_in->file(b));
  CHECK(stand_in->model(a).size() == whole->model(a).size());
  CHECK(whole->genuine());
  CHECK_FALSE(stand_in->genuine());
}

TEST_CASE("a plan with stand-in digests has the tasks of the real one",
          "[runner][digest_source]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.path());
  const Sweep sweep = read_sweep(scratch.file("sweep.toml"), "");
  const Plan plan = make_plan(sweep);
  const Plan headers = make_plan(sweep, *stand_in_digests());
  REQUIRE(headers.tasks.size() == plan.tasks.size());
  CHECK(headers.cells.count() == plan.cells.count());
  for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
    CHECK(headers.tasks[i].inputs == plan.tasks[i].inputs);
    CHECK(headers.tasks[i].flops == plan.tasks[i].flops);
  }
}

TEST_CASE("only a digest of the bytes is held against the sweep's",
          "[runner][digest_source]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.path());
  Sweep sweep = read_sweep(scratch.file("sweep.toml"), "");
  sweep.models.at(0).sha256 = std::string(64, '0');
  CHECK_NOTHROW(make_plan(sweep, *stand_in_digests()));
  CHECK_THROWS_AS(make_plan(sweep), ProgramError);
}
