#pragma once

#include <deque>

namespace coxswain::runner {

// Tasks and FLOPs a second.
struct Rate {
  double tasks = 0;  // per second
  double flops = 0;  // per second
};

// How fast a run goes just now: over the last minutes, so that a start's first
// loads and a lost worker are forgotten.
class RecentRate {
 public:
  explicit RecentRate(double window_seconds = 300) : window_(window_seconds) {}

  // What is done in all at `now` (seconds from any fixed moment, never going
  // back).
  void add(double now, double tasks_done, double flops_done);
  // Zeros before two moments are known.
  Rate rate() const;

 private:
  struct Moment {
    double time, tasks, flops;
  };
  double window_;
  std::deque<Moment> moments_;
};

}  // namespace coxswain::runner
