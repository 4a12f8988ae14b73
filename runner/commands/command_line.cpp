#include "runner/commands/command_line.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <system_error>

#include "runner/base/exit_code.hpp"
#include "runner/commands/machine_folders.hpp"
#include "runner/commands/run_options.hpp"
#include "runner/commands/sweep_commands.hpp"

namespace coxswain::runner {
namespace {

// What a command prints is lost on a full disk, too. The path leads to the file
// that it goes to.
[[noreturn]] void refuse_output(int error) {
  throw storage::file_error("/dev/stdout", "write", error);
}

ExitCode with_output(const std::function<ExitCode()>& command) {
  try {
    const ExitCode code = command();
    if (std::fflush(stdout) != 0) refuse_output(errno);
    return code;
  } catch (const std::system_error& error) {
    if (std::ferror(stdout) == 0) throw;
    refuse_output(error.code().value());
  }
}

int guarded(const std::function<ExitCode()>& command) {
  try {
    return static_cast<int>(with_output(command));
  } catch (const std::exception& error) {
    fmt::print(stderr, "coxswain: {}\n", sentence_of(error));
    return static_cast<int>(code_of(error));
  }
}

}  // namespace

int run_program(int argc, char** argv) {
  // A limit on the size of files is an error like others, told with its file.
  std::signal(SIGXFSZ, SIG_IGN);
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
