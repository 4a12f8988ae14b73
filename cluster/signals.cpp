#include "cluster/signals.hpp"

#include <unistd.h>

#include <atomic>
#include <cassert>
#include <csignal>
#include <iterator>
#include <tuple>
#include <utility>

namespace coxswain::cluster {
namespace {

// A signal handler can reach nothing else.
volatile std::sig_atomic_t drain_asked = 0;  // the signal, or 0
std::atomic<const std::string*> last_words = nullptr;
static_assert(std::atomic<const std::string*>::is_always_lock_free);

void end(int signal) {
  if (const std::string* words = last_words.load()) {
    [[maybe_unused]] const ssize_t put =
        ::write(STDERR_FILENO, words->data(), words->size());
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void ask(int signal) {
  // A person who presses Ctrl-C twice means it; a scheduler that sends TERM
  // twice does not.
  if (signal == SIGINT && drain_asked != 0) end(signal);
  if (drain_asked == 0) drain_asked = signal;
}

// Nobody has asked yet, from before the handler is there.
ScopedHandlers::Handler fresh_ask() {
  drain_asked = 0;
  return ask;
}

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGUSR1};

}  // namespace

ScopedHandlers::ScopedHandlers(Handler handler, Take take) {
  static_assert(std::size(kSignals) == std::tuple_size_v<decltype(before_)>);
  for (std::size_t i = 0; i < before_.size(); ++i) {
    before_[i] = std::signal(kSignals[i], handler);
    if (before_[i] == SIG_IGN && take == Take::but_ignored) {
      std::signal(kSignals[i], SIG_IGN);
    }
  }
}

ScopedHandlers::~ScopedHandlers() {
  for (std::size_t i = 0; i < before_.size(); ++i) {
    std::signal(kSignals[i], before_[i] == SIG_ERR ? SIG_DFL : before_[i]);
  }
}

ScopedDrainSignals::ScopedDrainSignals()
    : handlers_(fresh_ask(), ScopedHandlers::Take::all) {}

bool ScopedDrainSignals::asked() const { return drain_asked != 0; }

const char* ScopedDrainSignals::asked_by() const {
  assert(asked());
  switch (drain_asked) {
    case SIGINT:
      return "Ctrl-C";
    case SIGTERM:
      return "SIGTERM";
    default:
      return "SIGUSR1";
  }
}

ScopedLastWords::ScopedLastWords(std::string words) {
  assert(last_words.load() == nullptr && "one per process");
  become(std::move(words));
  handlers_.emplace(end, ScopedHandlers::Take::but_ignored);
}

ScopedLastWords::~ScopedLastWords() {
  handlers_.reset();
  last_words = nullptr;
}

void ScopedLastWords::become(std::string words) {
  last_words = &all_.emplace_back(std::move(words));
}

}  // namespace coxswain::cluster
