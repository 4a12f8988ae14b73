#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdlib>
#include <functional>
#include <memory>

#include "cluster/mpi_session.hpp"
#include "jobs/device/blas.hpp"
#include "jobs/device/device.hpp"
#include "runner/commands/commands.hpp"
#include "runner/commands/run_options.hpp"
#include "runner/commands/sweep_options.hpp"
#include "runner/sweep/sweep.hpp"
#include "runner/sweep/sweep_text.hpp"

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

// Where what is remembered of this machine lies; empty without a home.
std::string cache_folder() {
  for (const auto& [name, inside] : {std::pair{"XDG_CACHE_HOME", "/coxswain"},
                                     std::pair{"HOME", "/.cache/coxswain"}}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return std::string(value) + inside;
  }
  return {};
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
  jobs::start_with_better_blas(argv);
  jobs::prepare_environment();
  CLI::App app{"Sweeps steering vectors over layers, scales and SAEs."};
  app.set_version_flag("--version", COXSWAIN_VERSION);
  app.require_subcommand(1);
  runner::RunOptions run;
  run.from.hub = hub_folder();
  runner::PlanOptions plan;
  plan.from.hub = run.from.hub;
  run.cache = plan.cache = cache_folder();
  runner::CheckOptions check;
  check.hub = run.from.hub;
  check.cache = run.cache;

  auto* run_command = app.add_subcommand(
      "run", "run a sweep, or go on with it; alone or under mpirun");
  auto* plan_command = app.add_subcommand(
      "plan", "what a sweep would do and take; computes nothing");
  runner::add_sweep_choice(*run_command, run.from);
  runner::add_sweep_choice(*plan_command, plan.from);
  runner::SubmitOptions submit;
  submit.from.hub = run.from.hub;
  submit.cache = run.cache;
  auto* submit_command = runner::add_submit(app, submit);
  bool print = false;
  plan_command->add_flag("--print", print,
                         "print the sweep with all defaults, spelled out");
  plan_command
      ->add_option("--workers", plan.workers,
                   "times for 1, 2, 4 ... up to so many (32)")
      ->check(CLI::Range(1, 100000));
  plan_command->add_flag("--json", plan.json, "the bill as JSON");
  plan_command->add_flag(
      "--calibrate", plan.calibrate,
      "first measures this machine with a few of the sweep's tasks");
  run_command->add_option(
      "--out", run.out, "run directory (default: runs/NAME beside the sweep)");
  run_command->add_flag_callback(
      "--take-over", [&] { run.if_in_use = runner::IfInUse::take_over; },
      "go on although the directory is in use: its holder is believed dead");
  run_command->add_option_function<double>(
      "--until", [&](double seconds) { run.until = seconds; },
      "seconds since 1970: begins no task that would not end in time");
  run_command->add_option("--exit-file", run.exit_file,
                          "says, as exit.json, how this call ended");
  run_command->add_flag_callback(
      "--share-gpus", [&] { run.gpus.shared = runner::SharedGpus::allowed; },
      "workers of a node may outnumber its GPUs");
  run_command->add_flag_callback(
      "--mix-devices", [&] { run.kinds = runner::DeviceKinds::several; },
      "workers may be of several kinds: bytes then depend on who did what");
  run_command
      ->add_option("--gpus-per-worker", run.gpus.per_worker,
                   "that a model's blocks are spread over (default: 1)")
      ->check(CLI::Range(1, 64));
  run_command
      ->add_option_function<std::string>(
          "--device",
          [&](const std::string& name) {
            if (name == "cpu") run.device = jobs::DeviceKind::cpu;
            if (name == "cuda") run.device = jobs::DeviceKind::cuda;
          },
          "where models compute: auto (a GPU if there is one), cpu, "
          "cuda")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}));
  run_command->add_flag("--timings", run.timings,
                        "at the end: what took how long, by worker");
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
  const runner::RunCommandOptions run_commands(app, run.from.hub, run.cache);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : static_cast<int>(runner::ExitCode::usage);
  }
  if (const auto command = run_commands.chosen()) return guarded(command);
  if (*submit_command) return guarded([&] { return runner::submit(submit); });
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
      return print ? runner::print_effective(plan) : runner::print_plan(plan);
    }
    return runner::print_check(check);
  });
}
