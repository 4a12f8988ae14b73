#pragma once

#include <string>

#include "jobs/task.hpp"
#include "runner/exit_code.hpp"
#include "runner/run.hpp"
#include "runner/sweep_file.hpp"

namespace coxswain::cluster {
class MpiSession;
}

namespace coxswain::runner {

struct RunOptions {
  std::string sweep;  // path of the sweep file
  std::string out;    // run directory; empty: runs/<name> beside the sweep
  std::string hub;    // the local cache that hf: sources lie in
  IfInUse if_in_use = IfInUse::refuse;
  Overrides overrides;
};

// Alone, or one of the ranks of `session` (nullptr: alone). Collective: every
// rank calls it. Throws ProgramError.
ExitCode run_sweep(const RunOptions& options, const RunParts& parts,
                   cluster::MpiSession* session);

// Prints what a sweep would do; computes nothing.
ExitCode print_plan(const RunOptions& options);
// Prints the sweep as a sweep file with all defaults, everything spelled out.
ExitCode print_effective(const RunOptions& options);

struct CheckOptions {
  std::string source;  // a sweep file, or a model
  std::string hub;
  jobs::ComputeType compute = jobs::ComputeType::float32;  // of a model
};

// Loads the model and tries it, prints what was understood, and what of
// template and data does not fit. bad_model if there are problems.
ExitCode print_check(const CheckOptions& options);

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
