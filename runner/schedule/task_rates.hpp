#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace coxswain::runner {

// How long tasks take, learned from those that were seen: per kind (numbered
// from 0) the median of the latest tasks' seconds per cost, so that a few slow
// ones, or the first that load a model, don't move it. Tasks far smaller than
// the others are left out: they show what a message takes. Of tasks without a
// cost the mean of their seconds.
class TaskRates {
 public:
  explicit TaskRates(std::size_t kinds) : kinds_(kinds) {}

  // An observation may grow: results of very short tasks arrive several at
  // once, and only the first of them has a time of its own. 0: left out.
  using Observation = std::uint64_t;
  Observation observe(std::size_t kind, double cost, double seconds);
  void extend(std::size_t kind, Observation observation, double cost);

  // Seconds of a task; none before one like it was seen.
  std::optional<double> seconds(std::size_t kind, double cost) const;
  // Seconds per cost over all kinds; none before any was seen.
  std::optional<double> overall() const;
  // What was seen that has a cost: so many, of so much.
  std::size_t costly() const { return costly_; }
  double cost() const { return all_cost_; }

 private:
  static constexpr std::size_t kWindow = 31;
  static constexpr double kFarSmaller = 0.1;
  // A task that has ended, or several that came back at once.
  struct Seen {
    double seconds = 0, cost = 0;
    double first_cost = 0;  // before it grew
  };
  // What was seen of one kind of task.
  struct Kind {
    std::array<Seen, kWindow> latest;  // a ring
    Observation seen = 0;              // with a cost
    double first_costs = 0;            // sum over the ring
    double median = 0;                 // seconds per cost
    double costless_seconds = 0;
    std::size_t costless = 0;
  };

  static double median(const Kind& kind);

  std::vector<Kind> kinds_;
  double all_seconds_ = 0, all_cost_ = 0;  // of tasks with a cost
  std::size_t costly_ = 0;
};

}  // namespace coxswain::runner
