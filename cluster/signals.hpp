#pragma once

namespace coxswain::cluster {

// While it lives, SIGINT, SIGTERM and SIGUSR1 ask for a drain instead of
// ending the process; a second SIGINT ends it. One per process.
class ScopedDrainSignals {
 public:
  ScopedDrainSignals();
  ~ScopedDrainSignals();
  ScopedDrainSignals(const ScopedDrainSignals&) = delete;
  ScopedDrainSignals& operator=(const ScopedDrainSignals&) = delete;

  bool asked() const;
};

}  // namespace coxswain::cluster
