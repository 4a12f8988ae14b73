#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace coxswain::cluster {

// Text for Slurm and from it. Nothing here runs anything.

// What starts the ranks inside a job.
enum class Launcher : std::uint8_t { mpirun, srun };

// What a sweep asks of a cluster; README.md here documents the keys. Empty
// texts and zeros are not asked for.
struct ClusterRequest {
  std::string partition, account, qos;
  std::string time;  // as sbatch takes it: "04:00:00", "2-12"
  int nodes = 1;
  int gpus_per_node = 0;
  std::string gpu_type;              // "a100"
  int gpus_per_worker = 1;           // that a model's blocks are spread over
  int workers_per_node = 1;          // one a GPU, or so many GPUs
  int cpus_per_worker = 1;           // cores, threads
  std::string memory;                // of a node, as sbatch takes it: "64G"
  std::vector<std::string> modules;  // of `module load`
  std::vector<std::string> environment;  // lines of shell
  std::string container;                 // what comes before the program
  std::string program;  // path of the program there; empty: this one
  std::vector<std::string> sbatch;  // further options: "--constraint=a100"
  Launcher launcher = Launcher::mpirun;
  int restarts = 3;       // of the launcher, in one job
  int requeues = 10;      // of a job
  int signal_lead = 300;  // s before the end at which the run is told to end
};

// What the request is for. Paths are absolute.
struct ClusterJob {
  std::string name;
  std::string program;  // of this host
  std::string sweep;
  std::string run;                   // run directory
  std::vector<std::string> options;  // of `coxswain run`, after these two
  std::int64_t memory_mb = 0;        // MiB of a node, if none was asked for
};

// A batch script that runs the sweep to its end, over as many jobs and starts
// as that takes. A text for people, too.
std::string batch_script(const ClusterRequest& request, const ClusterJob& job);

// `word` for a shell: as it is if that is safe, else quoted.
std::string shell_word(const std::string& word);

// MiB of "64G", "512M", "4096" (MiB), "1T"; none for anything else.
std::optional<std::int64_t> memory_mb_of(const std::string& text);
// Seconds of "30", "30:00", "04:00:00", "2-12", "2-12:30:00"; none for anything
// else.
std::optional<std::int64_t> seconds_of_limit(const std::string& text);

// The job in the answer of `sbatch --parsable`: "123" or "123;cluster".
std::optional<std::string> job_id_in(const std::string& answer);

// A job as Slurm's queue has it.
struct QueuedJob {
  std::string id, state;   // "RUNNING"
  std::string reason;      // why it waits, or the nodes it runs on
  std::string used, left;  // times, as squeue writes them
};
// What squeue is asked to say of each job, and what it said; lines that say
// something else are left out.
constexpr const char* kQueueFormat = "%i|%T|%R|%M|%L";
std::vector<QueuedJob> jobs_in_queue(const std::string& answer);

}  // namespace coxswain::cluster
