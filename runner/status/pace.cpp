#include "runner/status/pace.hpp"

#include <fmt/format.h>

#include <cassert>
#include <cmath>

#include "runner/base/counted.hpp"
#include "runner/base/time_text.hpp"

namespace coxswain::runner {

std::string percent_text(double share) {
  assert(share >= 0 && share <= 1);
  return fmt::format("{:.0f} %", std::floor(100 * share));
}

std::string pace_text(const LiveStatus& status) {
  std::string text = percent_text(share_done(sum_of(status.stages)));
  if (status.tasks_per_second >= 1) {
    text += fmt::format("   {:.3g} tasks/s", status.tasks_per_second);
  }
  if (status.flops_per_second > 0) {
    text += fmt::format("   {:.3g} GFLOP/s", status.flops_per_second / 1e9);
  }
  return text;
}

std::string left_text(const LiveStatus& status) {
  if (status.phase == RunPhase::draining) {
    const std::size_t running = sum_of(status.stages).running;
    return fmt::format("draining: {} under way", counted(running, "task"));
  }
  if (!status.seconds_left) return "";
  return "left " + duration_text(*status.seconds_left);
}

}  // namespace coxswain::runner
