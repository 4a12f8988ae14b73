#pragma once

#include <chrono>
#include <string>

namespace coxswain::runner {

// Tells a person how far a run is: one line that renews itself on a terminal,
// plain lines now and then elsewhere. Writes to stderr.
class Progress {
 public:
  // `total_cost` in any unit; `done_*` come from an earlier start.
  Progress(std::size_t total_tasks, double total_cost, std::size_t done_tasks,
           double done_cost);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void task_done(double cost);
  void note(const std::string& line);  // a line of its own

 private:
  void show(bool last);

  using Clock = std::chrono::steady_clock;
  bool terminal_;
  std::size_t total_, done_;
  double total_cost_, done_cost_, cost_before_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point shown_{};
};

}  // namespace coxswain::runner
