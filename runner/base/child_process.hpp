#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace coxswain::runner {

// How another program ended.
enum class ChildEnd : std::uint8_t {
  done,       // exit code 0
  failed,     // another one, or a signal
  timed_out,  // killed, with what it had started
  not_found,  // no such program on PATH
};

// How it ended, and what it said of that.
struct ChildResult {
  ChildEnd end = ChildEnd::done;
  std::string errors;  // its stderr, the first 4 KiB
};

// What becomes of its output.
enum class ChildOutput : std::uint8_t { dropped, among_errors };

// Runs words[0] in `folder`, without a shell, its input empty, its environment
// ours and `variables` (NAME=VALUE). Returns when it has ended, or after
// `limit`. Throws std::system_error if nothing can be started.
ChildResult run_child(const std::vector<std::string>& words,
                      const std::string& folder,
                      const std::vector<std::string>& variables,
                      std::chrono::milliseconds limit,
                      ChildOutput output = ChildOutput::dropped);

}  // namespace coxswain::runner
