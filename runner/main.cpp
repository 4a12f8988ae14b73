#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdlib>
#include <functional>
#include <memory>

#include "cluster/mpi_session.hpp"
#include "runner/commands/commands.hpp"
#include "runner/run_options.hpp"
#include "runner/sweep_file.hpp"

namespace {

using namespace coxswain;  // NOLINT: the program itself

// Where huggingface_hub keeps what it fetched, by its own rules.
std::string hub_folder() {
  const auto from = [](const char* name, const char* inside) -> std::string {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') return {};
    return std::string(value) + inside;
  };
  for (const std::string& folder :
       {from("HF_HUB_CACHE", ""), from("HF_HOME", "/hub"),
        from("XDG_CACHE_HOME", "/huggingface/hub")}) {
    if (!folder.empty()) return folder;
  }
  return from("HOME", "/.cache/huggingface/hub");
}

int guarded(const std::function<runner::ExitCode()>& command) {
  try {
    return static_cast<int>(command());
  } catch (const std::exception& error) {
    fmt::print(stderr, "coxswain: {}\n", error.what());
    return static_cast<int>(runner::code_of(error));
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Sweeps steering vectors over layers, scales and SAEs."};
  app.set_version_flag("--version", COXSWAIN_VERSION);
  app.require_subcommand(1);
  runner::RunOptions run;
  run.hub = hub_folder();
  runner::CheckOptions check;
  check.hub = run.hub;
  runner::ReportOptions report;

  auto* run_command = app.add_subcommand(
      "run", "run a sweep, or go on with it; alone or under mpirun");
  auto* plan_command =
      app.add_subcommand("plan", "what a sweep would do; computes nothing");
  for (auto* command : {run_command, plan_command}) {
    command->add_option("sweep", run.sweep, "the sweep file (TOML)")
        ->required();
    command
        ->add_option("--set", run.overrides.set,
                     "KEY=VALUE instead of the sweep file's: "
                     "steer.multipliers=[-1,0,1], sae.ID.k=32")
        ->allow_extra_args(false);
    command
        ->add_option("--only", run.overrides.only,
                     "KEY=VALUE[,VALUE]: only cells of this layer, behaviour, "
                     "sae, model, variant, method or multiplier")
        ->allow_extra_args(false);
  }
  bool print = false;
  plan_command->add_flag("--print", print,
                         "print the sweep with all defaults, spelled out");
  run_command->add_option(
      "--out", run.out, "run directory (default: runs/NAME beside the sweep)");
  run_command->add_flag_callback(
      "--take-over", [&] { run.if_in_use = runner::IfInUse::take_over; },
      "go on although the directory is in use: its holder is believed dead");
  auto* check_command =
      app.add_subcommand("check", "loads a model, or a sweep's, and tries it");
  check_command
      ->add_option("source", check.source,
                   "a sweep file (.toml), GGUF file, folder or hf:org/name")
      ->required();
  check_command
      ->add_option_function<std::string>(
          "--compute",
          [&](const std::string& name) {
            check.compute = *runner::compute_named(name);
          },
          "float32 (default), bfloat16 or float64")
      ->check([](const std::string& name) -> std::string {
        return runner::compute_named(name)
                   ? ""
                   : name + " is none of float32, bfloat16, float64";
      });
  auto* report_command =
      app.add_subcommand("report", "tables from the results of a run");
  report_command->add_option("run", report.run, "run directory")->required();
  report_command->add_flag("--csv", report.csv, "also write tables/*.csv");
  const runner::RunCommandOptions run_commands(app, run.hub);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : static_cast<int>(runner::ExitCode::usage);
  }
  if (const auto command = run_commands.chosen()) return guarded(command);
  return guarded([&] {
    // Lives as long as the command; a rank that only printed its usage needs
    // none.
    std::unique_ptr<cluster::MpiSession> session;
    if (cluster::launched_by_mpi()) {
      session = std::make_unique<cluster::MpiSession>();
    }
    if (*run_command) {
      return runner::run_sweep(run, runner::program_parts(), session.get());
    }
    if (*plan_command) {
      return print ? runner::print_effective(run) : runner::print_plan(run);
    }
    if (*check_command) return runner::print_check(check);
    return runner::print_report(report);
  });
}
