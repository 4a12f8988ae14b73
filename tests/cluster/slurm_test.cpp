#include "cluster/slurm.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::cluster;
using Catch::Contains;

namespace {

ClusterRequest small_request() {
  ClusterRequest request;
  request.nodes = 3;
  request.workers_per_node = 2;
  request.cpus_per_worker = 4;
  return request;
}

const ClusterJob kJob{
    "toy", "/opt/coxswain", "/data/sweep.toml", "/data/run", {}, 1000};

}  // namespace

TEST_CASE("a script asks for what the request says, and for nothing unsaid",
          "[cluster][slurm]") {
  const std::string script = batch_script(small_request(), kJob);
  CHECK_THAT(script, Catch::StartsWith("#!/bin/bash\n"));
  for (const char* line :
       {"--job-name=toy", "--nodes=3", "--ntasks-per-node=2",
        "--cpus-per-task=4", "--mem=1000M", "--signal=B:USR1@300", "--requeue",
        "--no-kill", "--output=/data/run/slurm/%j.log"}) {
    CHECK_THAT(script, Contains(std::string("#SBATCH ") + line + "\n"));
  }
  for (const char* unsaid :
       {"--partition", "--account", "--qos", "--time", "--gpus", "module"}) {
    CHECK_THAT(script, !Contains(unsaid));
  }
  CHECK_THAT(script, Contains("OMP_NUM_THREADS=4 OPENBLAS_NUM_THREADS=4\n"));
}

TEST_CASE("a script has all that was said of the cluster", "[cluster][slurm]") {
  ClusterRequest request = small_request();
  request.partition = "gpu";
  request.account = "abc123";
  request.qos = "long";
  request.time = "04:00:00";
  request.gpus_per_node = 2;
  request.gpu_type = "a100";
  request.memory = "64G";
  request.modules = {"gcc/13", "openmpi/4.1"};
  request.environment = {"export HF_HOME=/scratch/hf"};
  request.container = "apptainer exec --nv --bind /data image.sif";
  request.program = "/usr/bin/coxswain";
  request.sbatch = {"--constraint=a100"};
  request.restarts = 0;
  const std::string script = batch_script(request, kJob);
  for (const char* line :
       {"#SBATCH --partition=gpu", "#SBATCH --account=abc123",
        "#SBATCH --qos=long", "#SBATCH --time=04:00:00",
        "#SBATCH --gpus-per-node=a100:2", "#SBATCH --mem=64G",
        "#SBATCH --constraint=a100", "module load gcc/13 openmpi/4.1",
        "export HF_HOME=/scratch/hf",
        "program=(apptainer exec --nv --bind /data image.sif "
        "/usr/bin/coxswain)"}) {
    CHECK_THAT(script, Contains(std::string(line) + "\n"));
  }
  CHECK_THAT(script, Contains("starts=1 "));
}

TEST_CASE("the launcher is the one that was chosen", "[cluster][slurm]") {
  ClusterRequest request = small_request();
  CHECK_THAT(batch_script(request, kJob),
             Contains("mpirun --enable-recovery") && !Contains("srun --mpi"));
  request.launcher = Launcher::srun;
  CHECK_THAT(batch_script(request, kJob),
             Contains("SLURM_PMIX_FENCE=ring srun --mpi=pmix") &&
                 Contains("--cpus-per-task=\"$SLURM_CPUS_PER_TASK\"") &&
                 !Contains("mpirun"));
}

TEST_CASE("a job that is not requeued leaves the rest to the next",
          "[cluster][slurm]") {
  ClusterRequest request = small_request();
  request.requeues = 0;
  CHECK_THAT(batch_script(request, kJob),
             Contains("#SBATCH --no-requeue\n") && !Contains("not requeued"));
}

TEST_CASE("paths and options with marks in them are quoted",
          "[cluster][slurm]") {
  ClusterJob job = kJob;
  job.run = "/data/50% of it/run";
  job.sweep = "/data/it's.toml";
  job.options = {"--set", "steer.multipliers=[-1, 0]"};
  CHECK_THAT(
      batch_script(small_request(), job),
      Contains("#SBATCH --output=\"/data/50%% of it/run/slurm/%j.log\"\n") &&
          Contains("run='/data/50% of it/run'\n") &&
          Contains("run '/data/it'\\''s.toml' --out \"$run\" --set "
                   "'steer.multipliers=[-1, 0]')\n"));
  CHECK(shell_word("") == "''");
  CHECK(shell_word("a-b_c.d/e:f=1,2+3@4%5") == "a-b_c.d/e:f=1,2+3@4%5");
  CHECK(shell_word("$HOME") == "'$HOME'");
}

TEST_CASE("Slurm's spellings of memory and time are understood",
          "[cluster][slurm]") {
  CHECK(memory_mb_of("64G") == 64 * 1024);
  CHECK(memory_mb_of("4096") == 4096);
  CHECK(memory_mb_of("512M") == 512);
  CHECK(memory_mb_of("1T") == 1 << 20);
  CHECK(memory_mb_of("1025K") == 2);
  CHECK(memory_mb_of("0") == 0);
  CHECK(seconds_of_limit("30") == 1800);
  CHECK(seconds_of_limit("30:05") == 1805);
  CHECK(seconds_of_limit("04:00:00") == 14400);
  CHECK(seconds_of_limit("2-12") == 2 * 86400 + 12 * 3600);
  CHECK(seconds_of_limit("2-12:30:01") == 2 * 86400 + 12 * 3600 + 1801);
  for (const char* bad : {"", "G", "64 G", "64GB", "-1", "1.5G"}) {
    CHECK_FALSE(memory_mb_of(bad));
  }
  for (const char* bad : {"", "4h", "1:2:3:4", "-1", "1-", "::", "1 0"}) {
    CHECK_FALSE(seconds_of_limit(bad));
  }
}

TEST_CASE("a job's number is found in whatever sbatch says",
          "[cluster][slurm]") {
  CHECK(job_id_in("123\n") == "123");
  CHECK(job_id_in("123;cluster\n") == "123");
  CHECK(job_id_in("sbatch: your budget: 17 hours\n\n812345\n") == "812345");
  CHECK_FALSE(job_id_in("sbatch: error: invalid partition\n"));
  CHECK_FALSE(job_id_in(""));
}

TEST_CASE("what squeue says is taken apart, other lines are left out",
          "[cluster][slurm]") {
  const auto jobs = jobs_in_queue(
      "a word of the site\n41|RUNNING|node[1-2]|1:02|58:58\n"
      "42_7|PENDING|x|0:00|1:00\n43|PENDING|(Priority)|0:00|1-00:00:00\n");
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].id == "41");
  CHECK(jobs[0].state == "RUNNING");
  CHECK(jobs[0].reason == "node[1-2]");
  CHECK(jobs[1].left == "1-00:00:00");
  CHECK(jobs_in_queue("").empty());
}
