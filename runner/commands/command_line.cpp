#include "runner/commands/command_line.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <exception>
#include <functional>

#include "runner/base/exit_code.hpp"
#include "runner/commands/machine_folders.hpp"
#include "runner/commands/run_options.hpp"
#include "runner/commands/sweep_commands.hpp"

namespace coxswain::runner {
namespace {

int guarded(const std::function<ExitCode()>& command) {
  try {
    return static_cast<int>(command());
  } catch (const std::exception& error) {
    fmt::print(stderr, "coxswain: {}\n", error.what());
    return static_cast<int>(code_of(error));
  }
}

}  // namespace

int run_program(int argc, char** argv) {
  CLI::App app{"Sweeps steering vectors over layers, scales and SAEs."};
  app.set_version_flag("--version", COXSWAIN_VERSION);
  app.require_subcommand(1);
  const MachineFolders folders = machine_folders();
  const SweepCommands sweeps(app, folders);
  const RunCommandOptions runs(app, folders.hub, folders.cache);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : static_cast<int>(ExitCode::usage);
  }
  const auto of_run = runs.chosen();
  return guarded(of_run ? of_run : sweeps.chosen());
}

}  // namespace coxswain::runner
