#include "cluster/signals.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <functional>
#include <string>

using namespace coxswain::cluster;

namespace {

// What a process said on standard error, and the signal that ended it, or 0.
struct Ended {
  std::string said;
  int signal = 0;
};

Ended child(const std::function<void()>& does) {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  const pid_t process = ::fork();
  REQUIRE(process >= 0);
  if (process == 0) {
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) {
      std::signal(signal, SIG_DFL);  // not the test's
    }
    ::dup2(pipe[1], STDERR_FILENO);
    does();
    ::_exit(0);
  }
  ::close(pipe[1]);
  Ended ended;
  std::array<char, 256> bytes{};
  for (ssize_t n = 0; (n = ::read(pipe[0], bytes.data(), bytes.size())) > 0;) {
    ended.said.append(bytes.data(), static_cast<std::size_t>(n));
  }
  ::close(pipe[0]);
  int status = 0;
  REQUIRE(::waitpid(process, &status, 0) == process);
  if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
  return ended;
}

}  // namespace

TEST_CASE("a signal asks for a drain, by its name", "[cluster][signals]") {
  const Ended ended = child([] {
    const ScopedDrainSignals signals;
    if (signals.asked()) ::_exit(1);
    std::raise(SIGTERM);
    std::raise(SIGTERM);  // a scheduler may say it twice
    std::raise(SIGUSR1);
    if (!signals.asked()) ::_exit(1);
    const std::string name = signals.asked_by();
    [[maybe_unused]] const auto put = ::write(2, name.data(), name.size());
  });
  CHECK(ended.signal == 0);
  CHECK(ended.said == "SIGTERM");
}

TEST_CASE("a second Ctrl-C ends the process, after its last words",
          "[cluster][signals]") {
  const Ended ended = child([] {
    ScopedLastWords words("nothing yet");
    const ScopedDrainSignals signals;
    std::raise(SIGINT);
    words.become("five are kept");
    std::raise(SIGINT);
  });
  CHECK(ended.signal == SIGINT);
  CHECK(ended.said == "five are kept");
}

TEST_CASE("outside of drains a signal ends the process, after its last words",
          "[cluster][signals]") {
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) {
    const Ended ended = child([signal] {
      const ScopedLastWords words("kept");
      { const ScopedDrainSignals over; }
      std::raise(signal);
    });
    CHECK(ended.signal == signal);
    CHECK(ended.said == "kept");
  }
  // As a script's background process has it.
  const Ended ignored = child([] {
    std::signal(SIGINT, SIG_IGN);
    const ScopedLastWords words("kept");
    std::raise(SIGINT);
  });
  CHECK(ignored.signal == 0);
  CHECK(ignored.said.empty());
  const Ended without = child([] {
    { const ScopedLastWords over("said too late"); }
    std::raise(SIGTERM);
  });
  CHECK(without.signal == SIGTERM);
  CHECK(without.said.empty());
}
