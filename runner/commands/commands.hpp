#pragma once

#include <string>

#include "runner/exit_code.hpp"

namespace coxswain::cluster {
class MpiSession;
}

namespace coxswain::runner {

struct RunOptions {
  std::string sweep;  // path of the sweep file
  std::string out;    // run directory; empty: runs/<name> beside the sweep
  std::string hub;    // the local cache that hf: sources lie in
};

// Alone, or one of the ranks of `session` (nullptr: alone). Collective: every
// rank calls it. Throws ProgramError.
ExitCode run_sweep(const RunOptions& options, cluster::MpiSession* session);

// Prints what a sweep would do; computes nothing.
ExitCode print_plan(const RunOptions& options);

struct ReportOptions {
  std::string run;   // run directory or results file
  bool csv = false;  // also writes tables/*.csv
};

ExitCode print_report(const ReportOptions& options);

// options.out, or runs/<name> beside the sweep file.
std::string run_directory_of(const RunOptions& options,
                             const std::string& folder,
                             const std::string& name);

}  // namespace coxswain::runner
