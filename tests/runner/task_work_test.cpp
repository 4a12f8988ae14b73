#include "runner/work/task_work.hpp"

#include <catch2/catch.hpp>

using namespace coxswain;
using namespace coxswain::runner;

namespace {

Plan toy_plan() {
  Plan plan;
  plan.tasks.resize(3);
  plan.tasks[0].task = jobs::ExtractTask{};
  plan.tasks[0].flops = 100;
  plan.tasks[1].task = jobs::VectorTask{};
  plan.tasks[2].task = jobs::DecomposeTask{};
  plan.tasks[2].flops = 50;
  return plan;
}

}  // namespace

TEST_CASE("tasks weigh their FLOPs where nothing was measured",
          "[runner][task_work]") {
  CHECK(task_work(toy_plan(), nullptr) == std::vector<double>{100, 0, 50});
}

TEST_CASE("tasks weigh the seconds that they were measured to take",
          "[runner][task_work]") {
  Calibration calibration;
  calibration.paces[jobs::kKindOf<jobs::ExtractTask>] = {1, 0.01};
  calibration.paces[jobs::kKindOf<jobs::VectorTask>] = {0.5, 0};
  // One kind without a pace, and seconds would stand beside FLOPs.
  CHECK(task_work(toy_plan(), &calibration) == std::vector<double>{100, 0, 50});
  calibration.paces[jobs::kKindOf<jobs::DecomposeTask>] = {0, 2};
  CHECK(task_work(toy_plan(), &calibration) ==
        std::vector<double>{2, 0.5, 100});
}
