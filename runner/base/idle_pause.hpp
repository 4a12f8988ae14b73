#pragma once

#include <algorithm>
#include <chrono>

namespace coxswain::runner {

// How long to sleep before looking for messages again: shortly after there was
// something to do, longer and longer then. MPI has no way to wait without using
// a whole core; this takes about two hundredths of one.
class IdlePause {
 public:
  std::chrono::microseconds after(bool busy) {
    pause_ = busy ? kShortest : std::min(pause_ * 2, kLongest);
    return pause_;
  }

 private:
  static constexpr std::chrono::microseconds kShortest{20}, kLongest{2000};
  std::chrono::microseconds pause_{kShortest};
};

}  // namespace coxswain::runner
