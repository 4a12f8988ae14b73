#include "runner/status/recent_rate.hpp"

namespace coxswain::runner {

void RecentRate::add(double now, double tasks_done, double flops_done) {
  moments_.push_back({now, tasks_done, flops_done});
  // One moment at the window's edge or before it stays, so that the rate is
  // over the whole window, and two are left where tasks take longer than that.
  while (moments_.size() > 2 && moments_[1].time <= now - window_) {
    moments_.pop_front();
  }
}

Rate RecentRate::rate() const {
  if (moments_.size() < 2) return {};
  const Moment& first = moments_.front();
  const Moment& last = moments_.back();
  const double seconds = last.time - first.time;
  if (seconds <= 0) return {};
  return {(last.tasks - first.tasks) / seconds,
          (last.flops - first.flops) / seconds};
}

}  // namespace coxswain::runner
