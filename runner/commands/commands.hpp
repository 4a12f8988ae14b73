#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cluster/mpi_session.hpp"
#include "jobs/device/device.hpp"
#include "jobs/task/task.hpp"
#include "runner/base/exit_code.hpp"
#include "runner/sweep/sweep.hpp"
#include "runner/work/placement.hpp"
#include "runner/work/run.hpp"

namespace coxswain::runner {

// A sweep file, and what the command line changes of it.
struct SweepChoice {
  std::string sweep;  // path of the file
  std::string hub;    // the local cache that hf: sources lie in
  Overrides overrides;
};

// The words of `coxswain run`.
struct RunOptions {
  SweepChoice from;
  std::string out;  // run directory; empty: runs/<name> beside the sweep
  StartRules rules;
  std::string cache;     // folder of what is remembered of this machine
  bool timings = false;  // every worker says at its end what took how long
  // When this must have ended, s since 1970: nothing is begun that would not.
  std::optional<double> until;
  std::string exit_file;  // says, too, how it ended; empty: none
  GpuRules gpus;
  DeviceKinds kinds = DeviceKinds::one;
  std::optional<jobs::DeviceKind> device;  // none: the best there is
  cluster::Mpirun mpirun;                  // what has started this process
};

// Alone, or one of the ranks of `session` (nullptr: alone). Collective: every
// rank calls it. Throws ProgramError.
ExitCode run_sweep(const RunOptions& options, const RunParts& parts,
                   cluster::MpiSession* session);

// The words of `coxswain plan`.
struct PlanOptions {
  SweepChoice from;
  std::string cache;       // folder of what is remembered of this machine
  bool calibrate = false;  // first measures this machine, under a minute
  bool json = false;       // the bill as JSON instead of text
  int workers = 32;        // how many the bill looks ahead to, at most
  std::string out;         // run directory; empty: runs/<name> beside the sweep
  std::vector<std::string> why;  // "layer=14,method=encode"
};

// Prints what a sweep would do and take; computes nothing, but to calibrate.
ExitCode print_plan(const PlanOptions& options);
// Prints the sweep as a sweep file with all defaults, everything spelled out.
ExitCode print_effective(const PlanOptions& options);

// The words of `coxswain submit`.
struct SubmitOptions {
  SweepChoice from;
  std::vector<std::string> cluster;  // KEY=VALUE over those of [cluster]
  std::string out;    // run directory; empty: runs/<name> beside the sweep
  std::string cache;  // folder of what is remembered of this machine
  bool dry_run = false;
  int jobs = 1;
};

// Writes a Slurm job for the sweep and submits it; reads headers alone.
ExitCode submit(const SubmitOptions& options);

// The words of `coxswain check`.
struct CheckOptions {
  std::string source;  // a sweep file, a model, or data if there is a model
  std::string hub;
  std::string cache;
  jobs::ComputeType compute = jobs::ComputeType::float32;  // of a model
  std::string model;             // that data are looked at for; empty: no data
  std::vector<std::string> set;  // keys of [[data]]: "template=chatml"
  bool json = false;             // of data
};

// Loads the model and tries it, prints what was understood, and what of
// template and data does not fit; or prints how data are read, and loads
// nothing. bad_model or bad_data if there are problems.
ExitCode print_check(const CheckOptions& options);

// options.out, or runs/<name> beside the sweep file.
std::string run_directory_of(const std::string& out, const std::string& folder,
                             const std::string& name);

}  // namespace coxswain::runner
