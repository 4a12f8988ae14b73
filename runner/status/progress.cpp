#include "runner/status/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdio>
#include <utility>

#include "runner/base/clock.hpp"
#include "runner/base/counted.hpp"
#include "runner/base/output_columns.hpp"
#include "runner/base/time_text.hpp"
#include "runner/status/pace.hpp"

namespace coxswain::runner {
namespace {

constexpr double kRedraw = 0.1;   // s, on a terminal
constexpr double kLine = 10;      // s, elsewhere
constexpr std::size_t kBar = 20;  // columns

bool is_over(const StageCount& stage) {
  return stage.done + stage.quarantined >= stage.total;
}

std::string bar_of(const StageCount& stage) {
  assert(stage.done + stage.quarantined <= stage.total);
  const auto full =
      static_cast<std::size_t>(std::floor(share_done(stage) * kBar));
  return "[" + std::string(full, '#') + std::string(kBar - full, '.') + "]";
}

std::string trouble_of(const StageCount& stage) {
  std::string text;
  if (stage.failed > 0) text += fmt::format("   {} failed", stage.failed);
  if (stage.quarantined > 0) {
    text += fmt::format("   {} given up", stage.quarantined);
  }
  return text;
}

std::string counts_of(const StageCount& stage) {
  return fmt::format("{} {}/{}", stage.name, stage.done, stage.total);
}

// What stands beside the pace, each behind a gap; or "".
std::string beside(const LiveStatus& status) {
  std::string text = left_text(status);
  if (!text.empty()) text = "   " + text;
  const auto lost = std::ranges::count(status.workers, WorkerPhase::lost,
                                       &WorkerStatus::phase);
  if (lost > 0) {
    text += "   " + counted(static_cast<std::size_t>(lost), "worker") + " lost";
  }
  return text;
}

}  // namespace

ProgressSink standard_error() {
  ProgressSink sink;
  // A full log file must not end a run: errors are not looked at.
  sink.put = [](const std::string& bytes) {
    std::fputs(bytes.c_str(), stderr);
    std::fflush(stderr);
  };
  sink.now = unix_seconds;
  if (::isatty(STDERR_FILENO) == 1) {
    sink.style = ProgressStyle::bars;
    const std::size_t columns = terminal_columns(STDERR_FILENO);
    if (columns > 0) sink.width = columns;
  }
  return sink;
}

Progress::Progress(std::vector<StageCount> stages, ProgressSink sink)
    : sink_(std::move(sink)), start_(sink_.now()) {
  status_.stages = std::move(stages);
  for (const StageCount& stage : status_.stages) {
    if (is_over(stage)) ended_.insert(stage.name);
  }
  show();
}

Progress::~Progress() {
  if (sink_.style == ProgressStyle::bars) draw();
  const StageCount all = sum_of(status_.stages);
  const std::string share =
      is_over(all)
          ? ""
          : fmt::format(", {} of the work", percent_text(share_done(all)));
  sink_.put(fmt::format("{}{} of {} tasks{}{}, {}\n", clock(), all.done,
                        all.total, share, trouble_of(all),
                        duration_text(sink_.now() - start_)));
}

void Progress::update(const LiveStatus& status) {
  status_ = status;
  bool news = false;
  for (const StageCount& stage : status_.stages) {
    if (!is_over(stage) || ended_.contains(stage.name)) continue;
    ended_.insert(stage.name);
    news = true;
    if (sink_.style == ProgressStyle::bars) continue;
    sink_.put(fmt::format("{}{} ended: {} of {}{}\n", clock(), stage.name,
                          stage.done, stage.total, trouble_of(stage)));
  }
  const double pause = sink_.style == ProgressStyle::bars ? kRedraw : kLine;
  const bool due = sink_.now() - shown_ >= pause;
  if (due || (news && sink_.style == ProgressStyle::bars)) show();
}

void Progress::note(const std::string& line) {
  if (sink_.style == ProgressStyle::lines) {
    sink_.put(clock() + line + "\n");
    return;
  }
  // Takes the place of the bars, which are drawn again below it.
  const std::string up = drawn_ > 0 ? fmt::format("\033[{}A", drawn_) : "";
  sink_.put(fmt::format("{}\r\033[J{}{}\n", up, clock(), line));
  drawn_ = 0;
  draw();
}

void Progress::show() {
  shown_ = sink_.now();
  if (sink_.style == ProgressStyle::bars) {
    draw();
  } else {
    print_line();
  }
}

void Progress::draw() {
  std::vector<std::string> lines;
  for (const StageCount& stage : status_.stages) {
    lines.push_back(fmt::format("{:<10}{:>13} {}{}", stage.name,
                                fmt::format("{}/{}", stage.done, stage.total),
                                bar_of(stage), trouble_of(stage)));
  }
  lines.push_back(pace_text(status_) + beside(status_));
  assert(sink_.width > 0);
  std::string bytes = drawn_ > 0 ? fmt::format("\033[{}A\r", drawn_) : "\r";
  for (const std::string& line : lines) {
    // A line that wraps would be two to go up again.
    bytes += "\033[K" + line.substr(0, sink_.width - 1) + "\n";
  }
  drawn_ = lines.size();
  sink_.put(bytes);
}

// Stages that are under way: those that ended had their line.
void Progress::print_line() {
  std::string line;
  for (const StageCount& stage : status_.stages) {
    const bool begun = stage.done + stage.running > 0;
    if (is_over(stage) || (!begun && !line.empty())) continue;
    line += (line.empty() ? "" : "   ") + counts_of(stage);
  }
  if (line.empty()) return;
  sink_.put(fmt::format("{}{}   {}{}\n", clock(), line, pace_text(status_),
                        beside(status_)));
}

std::string Progress::clock() const { return clock_text(sink_.now()) + " "; }

}  // namespace coxswain::runner
