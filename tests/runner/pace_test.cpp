#include "runner/status/pace.hpp"

#include <catch2/catch.hpp>

#include "runner/base/counted.hpp"
#include "tests/support/toy_status.hpp"

using namespace coxswain;
using namespace coxswain::runner;

TEST_CASE("a percentage is rounded down", "[runner][pace]") {
  CHECK(percent_text(0) == "0 %");
  CHECK(percent_text(0.899) == "89 %");
  CHECK(percent_text(0.9999) == "99 %");
  CHECK(percent_text(1) == "100 %");
}

TEST_CASE("a pace is what is known of it", "[runner][pace]") {
  LiveStatus status = tests::toy_status();
  CHECK(pace_text(status) == "44 %   5 GFLOP/s");
  status.flops_per_second = 0;
  CHECK(pace_text(status) == "44 %");
  status.tasks_per_second = 1200;
  CHECK(pace_text(status) == "44 %   1.2e+03 tasks/s");
}

TEST_CASE("what is left is a time, or the tasks of a drain", "[runner][pace]") {
  LiveStatus status = tests::toy_status();
  CHECK(left_text(status) == "left 1m00");
  status.phase = RunPhase::draining;
  CHECK(left_text(status) == "draining: 2 tasks under way");
  status.phase = RunPhase::running;
  status.seconds_left.reset();
  CHECK(left_text(status).empty());
  CHECK(counted(1, "task") == "1 task");
  CHECK(counted(0, "task") == "0 tasks");
}
