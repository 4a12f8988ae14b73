#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "runner/commands/run_commands.hpp"

namespace coxswain::runner {

// The words of status, stop, seal, report and export. Lives as long as the
// parser that it adds them to.
class RunCommandOptions {
 public:
  RunCommandOptions(CLI::App& app, const std::string& hub,
                    const std::string& cache);

  // What was asked for, once `app` has parsed; none if it was another command.
  std::function<ExitCode()> chosen() const;

 private:
  void add_report();
  void add_export();

  StatusOptions status_;
  StopOptions stop_;
  SealOptions seal_;
  ReportOptions report_;
  ExportOptions export_;
  CLI::App* status_command_;
  CLI::App* stop_command_;
  CLI::App* seal_command_;
  CLI::App* report_command_;
  CLI::App* export_command_;
};

}  // namespace coxswain::runner
