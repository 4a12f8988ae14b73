#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "runner/status/live_status.hpp"
#include "runner/status/stage_count.hpp"

namespace coxswain::runner {

// For whom progress is written.
enum class ProgressStyle : std::uint8_t {
  bars,   // of a terminal: a bar a stage, redrawn in place
  lines,  // of a log file: now and then, and when a stage ends
};

// Where progress is written to, and how wide that is.
struct ProgressSink {
  std::function<void(const std::string& bytes)> put;
  ProgressStyle style = ProgressStyle::lines;
  std::size_t width = 80;       // columns of the terminal
  std::function<double()> now;  // s since 1970
};
ProgressSink standard_error();

// Tells a person how far a run is. Not thread-safe.
class Progress {
 public:
  // The stages as they are at the start of it.
  explicit Progress(std::vector<StageCount> stages,
                    ProgressSink sink = standard_error());
  ~Progress();  // the last word
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // May be called as often as one likes: what is shown is limited here.
  void update(const LiveStatus& status);
  void note(const std::string& line);  // a line of its own

 private:
  void show();
  void draw();
  void print_line();
  std::string clock() const;

  ProgressSink sink_;
  LiveStatus status_;  // the newest
  double start_;
  double shown_ = 0;
  std::size_t drawn_ = 0;        // lines that stand on the terminal
  std::set<std::string> ended_;  // stages that had their last line
};

}  // namespace coxswain::runner
