#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/base/exit_code.hpp"

namespace coxswain::runner {

// The commands that look at a run, or tell it something, from any shell that
// sees its directory. None of them needs MPI.

// The words of `coxswain status`.
struct StatusOptions {
  std::string run;       // run directory
  bool json = false;     // for scripts
  bool watch = false;    // renews itself until the run ends
  bool failed = false;   // failures alone
  bool workers = false;  // every worker alone
};

// done for a run under way, too; foreign_run if the path is none.
ExitCode print_status(const StatusOptions& options);

// Whether `coxswain stop` returns at once, or when the run has ended.
enum class StopWait : std::uint8_t { none, for_end };

// The words of `coxswain stop`.
struct StopOptions {
  std::string run;
  StopWait wait = StopWait::none;
};

// Asks whoever works on the run to drain. With for_end: the run's own code.
ExitCode stop_run(const StopOptions& options);

// What to write of a complete run.
enum class SealPart : std::uint8_t { results, partial };

// The words of `coxswain seal`.
struct SealOptions {
  std::string run;
  std::string sweep;  // file, for a run whose folders moved; empty: as it was
  std::string hub;    // with `sweep`: the local cache that hf: sources lie in
  std::string cache;  // folder of what is remembered of this machine
  SealPart part = SealPart::results;
};

// results.h5 of a complete run; partial.h5 of any other.
ExitCode seal_run(const SealOptions& options);

// What becomes of a report's files: tables in every form, and figures.
enum class ReportFiles : std::uint8_t { none, write, check };

// The words of `coxswain report`.
struct ReportOptions {
  std::string run;  // run directory or results file
  std::string cache;
  bool csv = false;        // also writes tables/*.csv
  bool all = false;        // prints every table and the methods
  std::string table = "";  // prints this one alone; empty: none
  ReportFiles files = ReportFiles::none;
  std::string out;    // their folder; empty: report in the run directory
  std::string paper;  // whose published values alone are shown; empty: none
  std::vector<std::string> set = {};  // over the sweep's [report]
};

// Prints the answer and the main table (or all tables, or one), or whether the
// files are still what the results give.
ExitCode print_report(const ReportOptions& options);

// Which files an export has, each kind for other programs.
enum class ExportFormat : std::uint8_t { safetensors, gguf, csv };

// The words of `coxswain export`.
struct ExportOptions {
  std::string run;  // run directory or results file
  std::string cache;
  std::string out;  // folder
  std::vector<ExportFormat> formats{ExportFormat::safetensors,
                                    ExportFormat::gguf};
};

// Vectors and tables as files for other programs. A file that is there is
// never replaced by another one.
ExitCode export_run(const ExportOptions& options);

}  // namespace coxswain::runner
