#include "runner/base/clock.hpp"

#include <chrono>

namespace coxswain::runner {
namespace {

template <class Clock>
double seconds() {
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

}  // namespace

double unix_seconds() { return seconds<std::chrono::system_clock>(); }
double monotonic_seconds() { return seconds<std::chrono::steady_clock>(); }

}  // namespace coxswain::runner
