#include "runner/schedule/task_graph.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::runner;

namespace {

// 0 and 1 -> 2 -> 3; 4 alone.
std::vector<SchedulerTask> tasks() {
  return {{{}, 1, 0, 0},
          {{}, 2, 0, 0},
          {{0, 1}, 4, 0, 0},
          {{2}, 8, 0, 0},
          {{}, 13, 0, 0}};
}

std::vector<std::size_t> order(const TaskGraph& graph) {
  std::vector<std::size_t> all;
  for (std::size_t rank = 0; rank < graph.size(); ++rank) {
    all.push_back(graph.at_rank(rank));
    CHECK(graph.rank(all.back()) == rank);
  }
  return all;
}

}  // namespace

TEST_CASE("a chain is a task's cost and the longest behind it",
          "[runner][task_graph]") {
  const TaskGraph graph(tasks(), {});
  CHECK(graph.chain(0) == 13);
  CHECK(graph.chain(1) == 14);
  CHECK(graph.chain(2) == 12);
  CHECK(graph.chain(3) == 8);
  CHECK(graph.chain(4) == 13);
  // 0 and 4 are equal: as the plan has them.
  CHECK(order(graph) == std::vector<std::size_t>{1, 0, 4, 2, 3});
}

TEST_CASE("nothing is behind a task that is done", "[runner][task_graph]") {
  const TaskGraph graph(tasks(), {2});
  CHECK(graph.chain(0) == 1);
  CHECK(graph.chain(2) == 0);
  CHECK(graph.chain(3) == 8);
}

TEST_CASE("dependents are in plan order", "[runner][task_graph]") {
  const TaskGraph graph({{{}, 0, 0, 0}, {{0}, 0, 0, 0}, {{0, 1}, 0, 0, 0}}, {});
  const auto both = graph.dependents(0);
  CHECK(std::vector<std::size_t>(both.begin(), both.end()) ==
        std::vector<std::size_t>{1, 2});
  CHECK(graph.dependents(1).size() == 1);
  CHECK(graph.dependents(2).empty());
  CHECK(TaskGraph({}, {}).size() == 0);
}
