#include "cluster/signals.hpp"

#include <csignal>

namespace coxswain::cluster {
namespace {

// A signal handler can reach nothing else.
volatile std::sig_atomic_t drain_asked = 0;

void ask(int signal) {
  // A person who presses Ctrl-C twice means it; a scheduler that sends TERM
  // twice does not.
  if (signal == SIGINT && drain_asked != 0) {
    std::signal(SIGINT, SIG_DFL);
    std::raise(SIGINT);
  }
  drain_asked = 1;
}

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGUSR1};

}  // namespace

ScopedDrainSignals::ScopedDrainSignals() {
  drain_asked = 0;
  for (const int signal : kSignals) std::signal(signal, ask);
}

ScopedDrainSignals::~ScopedDrainSignals() {
  for (const int signal : kSignals) std::signal(signal, SIG_DFL);
}

bool ScopedDrainSignals::asked() const { return drain_asked != 0; }

}  // namespace coxswain::cluster
