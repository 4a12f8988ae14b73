#include "runner/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

namespace coxswain::runner {
namespace {

std::string spelled(double seconds) {
  const auto whole = static_cast<long>(std::ceil(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}m{:02}", whole / 60, whole % 60);
  return fmt::format("{}h{:02}", whole / 3600, whole / 60 % 60);
}

// A full log file must not end a run: errors are not looked at.
void put(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace

Progress::Progress(std::size_t total_tasks, double total_cost,
                   std::size_t done_tasks, double done_cost)
    : terminal_(::isatty(STDERR_FILENO) == 1),
      total_(total_tasks),
      done_(done_tasks),
      total_cost_(total_cost),
      done_cost_(done_cost),
      cost_before_(done_cost) {
  show(false);
}

Progress::~Progress() { show(true); }

void Progress::task_done(double cost) {
  ++done_;
  done_cost_ += cost;
  const auto pause = terminal_ ? std::chrono::milliseconds(100)
                               : std::chrono::milliseconds(10000);
  if (Clock::now() - shown_ >= pause) show(false);
}

void Progress::note(const std::string& line) {
  put((terminal_ ? "\r\033[K" : "") + line + "\n");
  if (terminal_) show(false);
}

void Progress::show(bool last) {
  shown_ = Clock::now();
  const double seconds = std::chrono::duration<double>(shown_ - start_).count();
  const double here = done_cost_ - cost_before_;
  std::string line = fmt::format("{}/{} tasks", done_, total_);
  if (here > 0 && seconds > 0.5) {
    line += fmt::format("   {:.0f} GFLOP/s", here / seconds / 1e9);
    if (done_ < total_) {
      line += "   left " + spelled((total_cost_ - done_cost_) * seconds / here);
    }
  }
  if (last) line += fmt::format("   {} in all", spelled(seconds));
  put((terminal_ ? "\r\033[K" : "") + line + (terminal_ && !last ? "" : "\n"));
}

}  // namespace coxswain::runner
