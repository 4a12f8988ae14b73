#include "runner/sweep/sweep_cluster.hpp"

#include <catch2/catch.hpp>

#include "tests/support/minimal_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using tests::parse;
using tests::refusal;
using tests::replaced;

namespace {

std::string with_cluster(const std::string& keys) {
  return replaced("[steer]", "[cluster]\n" + keys + "\n[steer]");
}

}  // namespace

TEST_CASE("a cluster is no part of what is computed",
          "[runner][sweep_cluster]") {
  const Sweep sweep = parse(with_cluster(R"(partition = "gpu"
time = "04:00:00"
nodes = 2
gpus_per_node = 8
gpu_type = "h100"
cpus_per_worker = 6
memory = "500G"
modules = ["gcc/13", "cuda/12.4"]
environment = "export HF_HOME=/scratch/hf"
sbatch = ["--constraint=nvlink"]
launcher = "srun"
requeues = 0)"));
  CHECK(sweep.cluster.partition == "gpu");
  CHECK(sweep.cluster.workers_per_node == 8);
  CHECK(sweep.cluster.modules.size() == 2);
  CHECK(sweep.cluster.environment ==
        std::vector<std::string>{"export HF_HOME=/scratch/hf"});
  CHECK(sweep.cluster.launcher == cluster::Launcher::srun);
  CHECK(sweep.cluster.requeues == 0);
  CHECK(sweep.effective == parse(tests::kMinimalSweep).effective);
}

TEST_CASE("without a table a cluster is one worker",
          "[runner][sweep_cluster]") {
  const Sweep sweep =
      parse(replaced("[steer]", "[numerics]\nthreads = 3\n[steer]"));
  CHECK(sweep.cluster.nodes == 1);
  CHECK(sweep.cluster.workers_per_node == 1);
  CHECK(sweep.cluster.cpus_per_worker == 3);
  CHECK(sweep.cluster.launcher == cluster::Launcher::mpirun);
}

TEST_CASE("what no cluster can give is refused", "[runner][sweep_cluster]") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"node = 2", "did you mean cluster.nodes?"},
      {"nodes = 0", "s.toml:11: cluster.nodes: 0, expected an integer from 1"},
      {"partition = \"a b\"", "cluster.partition: \"a b\", expected one word"},
      {"time = \"4h\"", "cluster.time: \"4h\", expected \"HH:MM:SS\""},
      {"time = \"5\"", "cluster.time: \"5\", expected more than signal_lead"},
      {"time = 04:00:00", "a date or time, expected a string"},
      {"memory = \"64 GB\"", "cluster.memory: \"64 GB\", expected"},
      {"memory = \"64GB\"", "that of a node, as \"64G\""},
      {"gpus_per_node = 3\ngpus_per_worker = 2\nworkers_per_node = 2",
       "cluster.workers_per_node: 2, expected at most 1, for gpus_per_node 3"},
      {"gpus_per_node = 1\ngpus_per_worker = 2",
       "cluster.gpus_per_worker: 2, expected at most gpus_per_node, 1"},
      {"gpus_per_node = 2\nworkers_per_node = 4",
       "cluster.workers_per_node: 4, expected at most 2, for gpus_per_node 2"},
      {"gpu_type = \"a100\"", "expected gpus_per_node beside it"},
      {"launcher = \"aprun\"", "\"aprun\", expected one of mpirun, srun"},
      {"environment = [\"a\\nb\"]", "cluster.environment: a text of several"},
      {"container = \"a\\nb\"", "cluster.container: several lines"},
      {"sbatch = [\"constraint=a100\"]", "expected options of sbatch"},
  };
  for (const auto& [keys, expected] : cases) {
    INFO(keys);
    CHECK_THAT(refusal(with_cluster(keys)), Catch::Contains(expected));
  }
  CHECK_THAT(refusal(replaced("[steer]",
                              "[numerics]\nthreads = 4\n[cluster]\n"
                              "cpus_per_worker = 2\n[steer]")),
             Catch::Contains("cluster.cpus_per_worker: 2, expected at least "
                             "[numerics] threads, 4"));
}
