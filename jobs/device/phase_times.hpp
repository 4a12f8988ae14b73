#pragma once

#include <chrono>
#include <map>
#include <string>

namespace coxswain::jobs {

// Seconds by what a task was doing.
using PhaseTimes = std::map<std::string, double>;

// Adds the time until it is destroyed to one phase.
class PhaseTimer {
 public:
  PhaseTimer(PhaseTimes& times, const char* phase)
      : seconds_(times[phase]), start_(Clock::now()) {}
  ~PhaseTimer() {
    seconds_ += std::chrono::duration<double>(Clock::now() - start_).count();
  }
  PhaseTimer(const PhaseTimer&) = delete;
  PhaseTimer& operator=(const PhaseTimer&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  double& seconds_;
  Clock::time_point start_;
};

}  // namespace coxswain::jobs
