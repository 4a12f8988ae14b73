#include "runner/commands/sweep_commands.hpp"

#include <memory>
#include <string>

#include "cluster/mpi_session.hpp"
#include "jobs/device/device.hpp"
#include "runner/commands/sweep_options.hpp"
#include "runner/sweep/sweep_text.hpp"

namespace coxswain::runner {
namespace {

// A rank that only printed its usage needs no session.
ExitCode in_session(
    const std::function<ExitCode(cluster::MpiSession*)>& command) {
  std::unique_ptr<cluster::MpiSession> session;
  if (cluster::launched_by_mpi()) {
    session = std::make_unique<cluster::MpiSession>();
  }
  return command(session.get());
}

}  // namespace

SweepCommands::SweepCommands(CLI::App& app, const MachineFolders& folders)
    : run_command_(app.add_subcommand(
          "run", "run a sweep, or go on with it; alone or under mpirun")),
      plan_command_(app.add_subcommand(
          "plan", "what a sweep would do and take; computes nothing")),
      submit_command_(add_submit(app, submit_)),
      check_command_(app.add_subcommand("check",
                                        "loads a model, or a sweep's, and "
                                        "tries it; shows how data are read")) {
  run_.from.hub = plan_.from.hub = submit_.from.hub = check_.hub = folders.hub;
  run_.cache = plan_.cache = submit_.cache = check_.cache = folders.cache;
  add_run();
  add_devices();
  add_plan();
  add_check();
}

void SweepCommands::add_run() {
  add_sweep_choice(*run_command_, run_.from);
  run_command_->add_option(
      "--out", run_.out, "run directory (default: runs/NAME beside the sweep)");
  run_command_->add_flag_callback(
      "--take-over", [this] { run_.rules.if_in_use = IfInUse::take_over; },
      "go on although the directory is in use: its holder is believed dead");
  run_command_->add_flag_callback(
      "--changed", [this] { run_.rules.if_changed = IfChanged::keep_beside; },
      "go on although a model, SAE or data file has changed since results.h5: "
      "it is kept beside");
  run_command_->add_option_function<double>(
      "--until", [this](double seconds) { run_.until = seconds; },
      "seconds since 1970: begins no task that would not end in time");
  run_command_->add_option("--exit-file", run_.exit_file,
                           "says, as exit.json, how this call ended");
}

void SweepCommands::add_devices() {
  run_command_->add_flag_callback(
      "--share-gpus", [this] { run_.gpus.shared = SharedGpus::allowed; },
      "workers of a node may outnumber its GPUs");
  run_command_->add_flag_callback(
      "--mix-devices", [this] { run_.kinds = DeviceKinds::several; },
      "workers may be of several kinds: bytes then depend on who did what");
  run_command_
      ->add_option("--gpus-per-worker", run_.gpus.per_worker,
                   "that a model's blocks are spread over (default: 1)")
      ->check(CLI::Range(1, 64));
  run_command_
      ->add_option_function<std::string>(
          "--device",
          [this](const std::string& name) {
            if (name == "cpu") run_.device = jobs::DeviceKind::cpu;
            if (name == "cuda") run_.device = jobs::DeviceKind::cuda;
          },
          "where models compute: auto (a GPU if there is one), cpu, "
          "cuda")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}));
  run_command_->add_flag("--timings", run_.timings,
                         "at the end: what took how long, by worker");
}

void SweepCommands::add_plan() {
  add_sweep_choice(*plan_command_, plan_.from);
  plan_command_->add_flag("--print", print_,
                          "print the sweep with all defaults, spelled out");
  plan_command_
      ->add_option("--workers", plan_.workers,
                   "times for 1, 2, 4 ... up to so many (32)")
      ->check(CLI::Range(1, 100000));
  plan_command_->add_flag("--json", plan_.json, "the bill as JSON");
  plan_command_->add_option(
      "--out", plan_.out,
      "the run directory to look at (default: runs/NAME beside the sweep)");
  plan_command_
      ->add_option("--why", plan_.why,
                   "KEY=VALUE[,...] as for --only: which of these cells are "
                   "there, and what made the others new")
      ->allow_extra_args(false);
  plan_command_->add_flag(
      "--calibrate", plan_.calibrate,
      "first measures this machine with a few of the sweep's tasks");
}

void SweepCommands::add_check() {
  check_command_
      ->add_option("source", check_.source,
                   "a sweep file (.toml), GGUF file, folder or hf:org/name; "
                   "with --model, data")
      ->required();
  check_command_->add_option(
      "--model", check_.model,
      "shows how this model is shown the data that SOURCE is");
  check_command_
      ->add_option("--set", check_.set,
                   "of data: KEY=VALUE as in [[data]], as template=chatml")
      ->allow_extra_args(false);
  check_command_->add_flag("--json", check_.json, "of data: prints JSON");
  check_command_
      ->add_option_function<std::string>(
          "--compute",
          [this](const std::string& name) {
            check_.compute = *compute_named(name);
          },
          "float32 (default), bfloat16 or float64")
      ->check([](const std::string& name) -> std::string {
        return compute_named(name)
                   ? ""
                   : name + " is none of float32, bfloat16, float64";
      });
}

std::function<ExitCode()> SweepCommands::chosen() const {
  if (*submit_command_) return [this] { return submit(submit_); };
  if (*run_command_) {
    return [this] {
      return in_session([this](cluster::MpiSession* session) {
        RunOptions options = run_;
        options.mpirun = cluster::mpirun_of_this();
        return run_sweep(options, program_parts(), session);
      });
    };
  }
  if (*plan_command_) {
    return [this] {
      return in_session([this](cluster::MpiSession*) {
        return print_ ? print_effective(plan_) : print_plan(plan_);
      });
    };
  }
  if (*check_command_) {
    return [this] {
      return in_session(
          [this](cluster::MpiSession*) { return print_check(check_); });
    };
  }
  return nullptr;
}

}  // namespace coxswain::runner
