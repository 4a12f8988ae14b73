#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "jobs/device/phase_times.hpp"
#include "jobs/executor/executor.hpp"

namespace coxswain::runner {

// Passes tasks on and adds up what they took, by kind and phase.
class TimedExecutor : public jobs::Executor {
 public:
  // What the tasks of one kind took together.
  struct Kind {
    std::int64_t tasks = 0;
    double seconds = 0;
    jobs::PhaseTimes phases;
  };
  using Times = std::map<std::string, Kind>;  // by the kind's name

  // `report` gets the times when the executor is destroyed.
  TimedExecutor(std::unique_ptr<jobs::Executor> executor,
                std::function<void(const Times&)> report);
  ~TimedExecutor() override;

  jobs::TaskResult execute(
      const jobs::Task& task,
      const std::vector<storage::ArrayMap>& inputs) override;
  std::string numerics() const override { return executor_->numerics(); }
  void keep_resident(std::int64_t bytes) override {
    executor_->keep_resident(bytes);
  }

 private:
  std::unique_ptr<jobs::Executor> executor_;
  std::function<void(const Times&)> report_;
  Times times_;
};

// A line a kind and, below it, a line a phase; what no phase accounts for is
// "rest".
std::string text_of(const TimedExecutor::Times& times);

}  // namespace coxswain::runner
