#include "runner/report/first_start.hpp"

#include <catch2/catch.hpp>

#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::runner;

TEST_CASE("a run was first started when run.json says so",
          "[runner][first_start]") {
  const tests::Scratch scratch;
  const storage::RunDirectory run(scratch.path());
  CHECK(first_start(run).empty());
  tests::write_file(run.provenance(),
                    R"({"starts": [{"begin": "2026-11-20T12:04:31Z"},
                                   {"begin": "2026-11-21T00:00:00Z"}]})");
  CHECK(first_start(run) == "2026-11-20T12:04:31Z");
}

TEST_CASE("a run.json that says nothing is passed over",
          "[runner][first_start]") {
  const tests::Scratch scratch;
  const storage::RunDirectory run(scratch.path());
  for (const char* text :
       {"", "{", "[]", "{}", R"({"starts": []})", R"({"starts": [{}]})",
        R"({"starts": [{"begin": 7}]})", R"({"starts": {"0": 1}})"}) {
    tests::write_file(run.provenance(), text);
    CHECK(first_start(run).empty());
  }
}
