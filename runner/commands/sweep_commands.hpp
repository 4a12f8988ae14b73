#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "runner/commands/commands.hpp"
#include "runner/commands/machine_folders.hpp"

namespace coxswain::runner {

// The words of run, plan, submit and check. Lives as long as the parser that
// it adds them to.
class SweepCommands {
 public:
  SweepCommands(CLI::App& app, const MachineFolders& folders);
  SweepCommands(const SweepCommands&) = delete;
  SweepCommands& operator=(const SweepCommands&) = delete;

  // What was asked for, once the parser has read it; none if it was another
  // command.
  std::function<ExitCode()> chosen() const;

 private:
  void add_run();
  void add_devices();
  void add_plan();
  void add_check();

  RunOptions run_;
  PlanOptions plan_;
  SubmitOptions submit_;
  CheckOptions check_;
  bool print_ = false;  // the sweep with all defaults, instead of its plan
  CLI::App* run_command_;
  CLI::App* plan_command_;
  CLI::App* submit_command_;
  CLI::App* check_command_;
};

}  // namespace coxswain::runner
