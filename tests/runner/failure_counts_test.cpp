#include "runner/base/failure_counts.hpp"

#include <catch2/catch.hpp>

using namespace coxswain;
using namespace coxswain::runner;

TEST_CASE("failures are counted by kind", "[runner][failure_counts]") {
  using storage::FailureKind;
  CHECK(text_of(FailureCounts{}).empty());
  CHECK(text_of({{FailureKind::memory, 1}, {FailureKind::input, 2}}) ==
        "2 input, 1 memory");
}
