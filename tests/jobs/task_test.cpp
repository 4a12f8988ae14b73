#include "jobs/task/task.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "jobs/executor/executor.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

EvaluateTask some_task() {
  EvaluateTask task;
  task.model = {"/here/model.gguf", "digest", ComputeType::float32};
  task.items = {{{1, 2, 3}, 4, 5, 1, 1}};
  task.variants = {{0, 2, SignRule::fixed}};
  task.multipliers = {-1, 1};
  return task;
}

storage::Key key(const Task& task, std::vector<storage::Key> inputs = {},
                 int threads = 1) {
  return key_of(task, inputs, threads);
}

}  // namespace

TEST_CASE("a task's key changes with whatever determines its result",
          "[jobs][task]") {
  const EvaluateTask base = some_task();
  std::set<storage::Key> keys{key(base)};
  const auto is_new = [&](const storage::Key& one) {
    return keys.insert(one).second;
  };
  EvaluateTask other = base;
  other.model.digest = "another";
  CHECK(is_new(key(other)));
  other = base;
  other.model.compute = ComputeType::float64;
  CHECK(is_new(key(other)));
  other = base;
  other.items[0].shared[1] = 9;
  CHECK(is_new(key(other)));
  other = base;
  other.items[0].steer_from = 2;
  CHECK(is_new(key(other)));
  other = base;
  other.variants[0].layer = 1;
  CHECK(is_new(key(other)));
  other = base;
  other.multipliers[0] = -2;
  CHECK(is_new(key(other)));
  CHECK(is_new(key(base, {storage::key_of("input")})));
  CHECK(is_new(key(base, {}, 2)));
  CHECK(is_new(key(VectorTask{1})));
  CHECK(is_new(key(VectorTask{2})));
}

TEST_CASE("a task's key does not change with where files lie", "[jobs][task]") {
  EvaluateTask moved = some_task();
  moved.model.path = "/elsewhere";
  CHECK(key(moved) == key(some_task()));
}

TEST_CASE("a task that throws is a result with a reason", "[jobs][task]") {
  const auto executor = make_executor(1);
  const TaskResult result = executor->execute(some_task(), {});
  CHECK_FALSE(result.ok);
  CHECK_FALSE(result.reason.empty());
  CHECK_THAT(executor->numerics(), Catch::StartsWith("cpu, libtorch"));
}
