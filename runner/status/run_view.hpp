#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "runner/status/live_status.hpp"
#include "runner/status/run_call.hpp"
#include "runner/status/slurm_queue.hpp"
#include "storage/run/journal_summary.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// What a run directory looks like from outside.
enum class Condition : std::uint8_t {
  starting,
  running,
  draining,
  sealing,
  silent,   // its process is alive, but has said nothing for too long
  ended,    // exit.json says how
  killed,   // it ended without a word, or can't be heard any more
  unknown,  // nothing tells
};
const char* name_of(Condition condition);

// Whether somebody works on it.
bool is_under_way(Condition condition);

// exit.json: how the last start ended.
struct ExitNote {
  int code = 0;
  std::string sentence;  // of the error; may be empty
};

// All that can be told of a run without its results, at one moment.
struct RunView {
  std::string path;
  Condition condition = Condition::unknown;
  double now = 0;                  // when this was looked at, s since 1970
  std::optional<double> age;       // s since status.json was written
  std::optional<LiveStatus> live;  // status.json
  std::string fault;             // why there is none although the file is there
  std::optional<ExitNote> exit;  // exit.json
  std::string holder;            // who had the lock last
  // Tasks by kind, of the newest start, from run.json; empty if not said.
  std::map<std::string, std::size_t> planned;
  // How the newest start was called, with `out` for here; none if not said.
  std::optional<RunCall> call;
  storage::JournalSummary journal;
  bool results = false;             // results.h5 is there
  bool stop_asked = false;          // and whoever works on it will hear that
  std::optional<SlurmQueue> slurm;  // if asked for
};

// The time and place that a run is looked at from: processes of another host
// can't be asked for.
struct Viewpoint {
  double now = 0;  // s since 1970
  std::string host;
  std::function<bool(std::int64_t process)> alive;  // on this host
};
Viewpoint viewpoint_here();

// Nobody has begun with it: a job that waits, perhaps.
bool is_unborn(const RunView& view);

// Reads small files and the journal's frames; writes nothing. Throws
// ProgramError (foreign_run) if the path is no run directory.
RunView look_at(const storage::RunDirectory& run, const Viewpoint& from);

}  // namespace coxswain::runner
