#include "runner/status/stage_count.hpp"

#include <catch2/catch.hpp>

#include "runner/plan/plan.hpp"

using namespace coxswain;
using namespace coxswain::runner;

TEST_CASE("tasks are counted by stage, in the order of the work",
          "[runner][stage_count]") {
  Plan plan;
  plan.tasks.resize(7);
  plan.tasks[0].task = jobs::EvaluateTask{};
  plan.tasks[1].task = jobs::ExtractTask{};
  plan.tasks[2].task = jobs::EvaluateTask{};
  plan.tasks[3].task = jobs::VectorTask{};
  plan.tasks[4].task = jobs::EvaluateTask{};
  plan.tasks[5].task = jobs::EvaluateTask{};
  plan.tasks[6].task = jobs::StoreTask{};
  for (std::size_t i = 0; i < 6; ++i) {
    plan.tasks[i].flops = static_cast<double>(1U << i);
  }
  const std::vector<TaskView> views{
      {TaskState::leased, 1},  {TaskState::done, 2},
      {TaskState::done, 0},    {TaskState::ready, 0},
      {TaskState::waiting, 0}, {TaskState::quarantined, 3},
      {TaskState::ready, 0}};
  const std::vector<StageCount> stages =
      count_stages(plan, [&](std::size_t task) { return views[task]; });
  REQUIRE(stages.size() == 4);
  CHECK(stages[0].name == "extract");
  CHECK(stages[0].failed == 2);
  CHECK(stages[1].name == "vector");
  CHECK(stages[1].waiting == 1);
  const StageCount& evaluate = stages[2];
  CHECK(evaluate.name == "evaluate");
  CHECK(evaluate.total == 4);
  CHECK(evaluate.running == 1);
  CHECK(evaluate.done == 1);
  CHECK(evaluate.waiting == 1);
  CHECK(evaluate.quarantined == 1);
  CHECK(evaluate.failed == 4);
  CHECK(evaluate.cost == 1 + 4 + 16 + 32);
  CHECK(evaluate.cost_done == 4);
  const StageCount all = sum_of(stages);
  CHECK(stages[3].name == "store");
  CHECK(all.total == 7);
  CHECK(all.done == 2);
  CHECK(all.failed == 6);
  CHECK(all.cost == 63);
}

TEST_CASE("tasks count by what they weigh, with the part that is computed",
          "[runner][stage_count]") {
  Plan plan;
  plan.tasks.resize(4);
  for (PlannedTask& task : plan.tasks) task.task = jobs::EvaluateTask{};
  std::vector<TaskView> views{{TaskState::done, 0, 10, 1},
                              {TaskState::leased, 0, 60, 0.5},
                              {TaskState::waiting, 0, 30, 0},
                              {TaskState::quarantined, 1, 900, 0}};
  const auto count = [&] {
    return count_stages(plan, [&](std::size_t task) { return views[task]; });
  };
  StageCount stage = count().at(0);
  CHECK(stage.work == 100);  // without what was given up
  CHECK(stage.work_done == 40);
  CHECK(share_done(stage) == Approx(0.4));
  CHECK(share_done(sum_of({stage, stage})) == Approx(0.4));
  views[1] = {TaskState::done, 0, 60, 1};
  CHECK(share_done(count().at(0)) == Approx(0.7));
  // All of it, and nothing but all of it, is 1.
  views[2] = {TaskState::leased, 0, 30, 1};
  CHECK(share_done(count().at(0)) < 1);
  CHECK(share_done(count().at(0)) > 0.99);
  views[2] = {TaskState::done, 0, 30, 1};
  CHECK(share_done(count().at(0)) == 1);
  CHECK(share_done(StageCount{}) == 1);
}

TEST_CASE("tasks that weigh nothing are counted", "[runner][stage_count]") {
  StageCount stage;
  stage.total = 4;
  stage.done = 1;
  stage.waiting = 3;
  CHECK(share_done(stage) == Approx(0.25));
}
