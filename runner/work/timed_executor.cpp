#include "runner/work/timed_executor.hpp"

#include <fmt/format.h>

#include <utility>

#include "runner/base/clock.hpp"

namespace coxswain::runner {

TimedExecutor::TimedExecutor(std::unique_ptr<jobs::Executor> executor,
                             std::function<void(const Times&)> report)
    : executor_(std::move(executor)), report_(std::move(report)) {}

TimedExecutor::~TimedExecutor() { report_(times_); }

jobs::TaskResult TimedExecutor::execute(
    const jobs::Task& task, const std::vector<storage::ArrayMap>& inputs) {
  const double start = monotonic_seconds();
  jobs::TaskResult result = executor_->execute(task, inputs);
  Kind& kind = times_[jobs::name_of(jobs::kind_of(task))];
  ++kind.tasks;
  kind.seconds += monotonic_seconds() - start;
  for (const auto& [phase, seconds] : result.times) {
    kind.phases[phase] += seconds;
  }
  return result;
}

std::string text_of(const TimedExecutor::Times& times) {
  std::string text;
  for (const auto& [name, kind] : times) {
    text += fmt::format("  {:<12} {:>6} tasks {:>10.3f} s\n", name, kind.tasks,
                        kind.seconds);
    double rest = kind.seconds;
    for (const auto& [phase, seconds] : kind.phases) {
      text += fmt::format("    {:<17} {:>17.3f} s\n", phase, seconds);
      rest -= seconds;
    }
    if (!kind.phases.empty()) {
      text += fmt::format("    {:<17} {:>17.3f} s\n", "rest", rest);
    }
  }
  return text;
}

}  // namespace coxswain::runner
