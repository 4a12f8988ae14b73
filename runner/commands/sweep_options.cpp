#include "runner/commands/sweep_options.hpp"

namespace coxswain::runner {
namespace {

struct ClusterFlag {
  const char* flag;
  const char* key;  // of [cluster]
  const char* what;
};

// Flags for keys that people change from one job to the next; --set reaches all
// keys.
constexpr ClusterFlag kTexts[] = {
    {"--partition", "partition", "of Slurm"},
    {"--account", "account", "of Slurm"},
    {"--qos", "qos", "of Slurm"},
    {"--time", "time", "limit of a job, as 04:00:00"},
    {"--memory", "memory", "of a node, as 64G (default: what is needed)"},
    {"--launcher", "launcher", "mpirun or srun"},
};
constexpr ClusterFlag kCounts[] = {
    {"--nodes", "nodes", "how many"},
    {"--gpus-per-node", "gpus_per_node", "a worker each"},
    {"--gpus-per-worker", "gpus_per_worker", "that share a model's blocks"},
    {"--workers-per-node", "workers_per_node", "without GPUs"},
    {"--cpus-per-worker", "cpus_per_worker", "(default: the sweep's threads)"},
};

// A TOML string: "04:00:00" without quotes would be a time.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

void add_sweep_choice(CLI::App& command, SweepChoice& from) {
  command.add_option("sweep", from.sweep, "the sweep file (TOML)")->required();
  command
      .add_option("--set", from.overrides.set,
                  "KEY=VALUE instead of the sweep file's: "
                  "steer.multipliers=[-1,0,1], sae.ID.k=32")
      ->allow_extra_args(false);
  command
      .add_option("--only", from.overrides.only,
                  "KEY=VALUE[,VALUE]: only cells of this layer, behaviour, "
                  "sae, model, variant, method or multiplier")
      ->allow_extra_args(false);
}

CLI::App* add_submit(CLI::App& app, SubmitOptions& options) {
  CLI::App* command = app.add_subcommand(
      "submit", "writes the Slurm job of a sweep and submits it");
  add_sweep_choice(*command, options.from);
  command->add_option("--out", options.out,
                      "run directory (default: runs/NAME beside the sweep)");
  command->add_flag("--dry-run", options.dry_run,
                    "prints the job's script; writes and submits nothing");
  command
      ->add_option("--jobs", options.jobs,
                   "so many jobs, each of which goes on where the one before "
                   "it ended (1)")
      ->check(CLI::Range(1, 1000));
  for (const ClusterFlag& one : kTexts) {
    command->add_option_function<std::string>(
        one.flag,
        [&options, key = one.key](const std::string& value) {
          options.cluster.push_back(std::string("cluster.") + key + "=" +
                                    quoted(value));
        },
        one.what);
  }
  for (const ClusterFlag& one : kCounts) {
    command->add_option_function<int>(
        one.flag,
        [&options, key = one.key](int value) {
          options.cluster.push_back(std::string("cluster.") + key + "=" +
                                    std::to_string(value));
        },
        one.what);
  }
  return command;
}

}  // namespace coxswain::runner
