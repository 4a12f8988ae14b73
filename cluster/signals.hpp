#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <optional>
#include <string>

namespace coxswain::cluster {

// While it lives, SIGINT, SIGTERM and SIGUSR1 are somebody's; then they do
// again what they did before. It knows none but these.
class ScopedHandlers {
 public:
  using Handler = void (*)(int);
  // `but_ignored`: a signal that the process is to ignore stays ignored.
  enum class Take : std::uint8_t { all, but_ignored };
  ScopedHandlers(Handler handler, Take take);
  ~ScopedHandlers();
  ScopedHandlers(const ScopedHandlers&) = delete;
  ScopedHandlers& operator=(const ScopedHandlers&) = delete;

 private:
  std::array<Handler, 3> before_{};
};

// While it lives, SIGINT, SIGTERM and SIGUSR1 ask for a drain instead of
// ending the process; a second SIGINT ends it. One at a time per process.
class ScopedDrainSignals {
 public:
  ScopedDrainSignals();
  ScopedDrainSignals(const ScopedDrainSignals&) = delete;
  ScopedDrainSignals& operator=(const ScopedDrainSignals&) = delete;

  bool asked() const;
  // What people call the first signal that asked: "Ctrl-C", "SIGTERM".
  const char* asked_by() const;

 private:
  ScopedHandlers handlers_;
};

// While it lives, a signal that ends the process at once (SIGINT, SIGTERM or
// SIGUSR1 outside of drains, and the second SIGINT inside) writes words to
// standard error first. One per process, longer than any ScopedDrainSignals.
class ScopedLastWords {
 public:
  explicit ScopedLastWords(std::string words);
  ~ScopedLastWords();
  ScopedLastWords(const ScopedLastWords&) = delete;
  ScopedLastWords& operator=(const ScopedLastWords&) = delete;

  // From now on these.
  void become(std::string words);

 private:
  // A handler may still be reading the ones before.
  std::list<std::string> all_;
  std::optional<ScopedHandlers> handlers_;
};

}  // namespace coxswain::cluster
