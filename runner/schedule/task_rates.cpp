#include "runner/schedule/task_rates.hpp"

#include <algorithm>
#include <cassert>

namespace coxswain::runner {

TaskRates::Observation TaskRates::observe(std::size_t kind, double cost,
                                          double seconds) {
  assert(kind < kinds_.size());
  Kind& one = kinds_[kind];
  if (cost <= 0) {
    one.costless_seconds += seconds;
    ++one.costless;
    return one.seen;
  }
  ++costly_;
  all_seconds_ += seconds;
  all_cost_ += cost;
  // Compared with what tasks cost before they grew: a sum of short ones must
  // not make each of them look small.
  if (one.seen >= kWindow && cost * kWindow < kFarSmaller * one.first_costs) {
    return 0;
  }
  Seen& place = one.latest[one.seen % kWindow];
  one.first_costs += cost - place.first_cost;
  place = {seconds, cost, cost};
  ++one.seen;
  one.median = median(one);
  return one.seen;
}

void TaskRates::extend(std::size_t kind, Observation observation, double cost) {
  assert(kind < kinds_.size() && observation <= kinds_[kind].seen);
  Kind& one = kinds_[kind];
  if (cost <= 0) {
    ++one.costless;
    return;
  }
  ++costly_;
  all_cost_ += cost;
  // It was left out, or newer ones have taken its place.
  if (observation == 0 || one.seen - observation >= kWindow) return;
  one.latest[(observation - 1) % kWindow].cost += cost;
  one.median = median(one);
}

double TaskRates::median(const Kind& kind) {
  assert(kind.seen > 0);
  std::array<double, kWindow> rates{};
  const std::size_t n = std::min<std::size_t>(kind.seen, kWindow);
  for (std::size_t i = 0; i < n; ++i) {
    rates[i] = kind.latest[i].seconds / kind.latest[i].cost;
  }
  const auto middle = rates.begin() + static_cast<std::ptrdiff_t>(n / 2);
  std::nth_element(rates.begin(), middle,
                   rates.begin() + static_cast<std::ptrdiff_t>(n));
  return *middle;
}

std::optional<double> TaskRates::seconds(std::size_t kind, double cost) const {
  assert(kind < kinds_.size());
  const Kind& one = kinds_[kind];
  if (cost > 0) {
    if (one.seen == 0) return std::nullopt;
    return one.median * cost;
  }
  if (one.costless == 0) return std::nullopt;
  return one.costless_seconds / static_cast<double>(one.costless);
}

std::optional<double> TaskRates::overall() const {
  if (all_cost_ <= 0) return std::nullopt;
  return all_seconds_ / all_cost_;
}

}  // namespace coxswain::runner
