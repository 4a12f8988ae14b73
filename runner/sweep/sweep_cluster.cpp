#include "runner/sweep/sweep_cluster.hpp"

#include <algorithm>

namespace coxswain::runner {
namespace {

constexpr std::int64_t kMostNodes = 100'000;
constexpr std::int64_t kMostPerNode = 4096;

bool one_line(const std::string& text) {
  return std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

// A word of an #SBATCH line.
std::string word_at(TableReader& reader, const char* key) {
  const std::string word = reader.text_or(key, "");
  if (word.find_first_of(" \t\"'#\\") != std::string::npos || !one_line(word)) {
    reader.fail(key, "\"" + word + "\"", "one word");
  }
  return word;
}

std::string line_at(TableReader& reader, const char* key) {
  const std::string line = reader.text_or(key, "");
  if (!one_line(line)) reader.fail(key, "several lines", "one line");
  return line;
}

std::vector<std::string> lines_at(TableReader& reader, const char* key) {
  if (!reader.has(key)) return {};
  const std::vector<std::string> lines = reader.some_texts(key);
  if (!std::ranges::all_of(lines, one_line)) {
    reader.fail(key, "a text of several lines", "a text a line");
  }
  return lines;
}

std::vector<std::string> sbatch_options(TableReader& reader) {
  const std::vector<std::string> options = lines_at(reader, "sbatch");
  for (const std::string& one : options) {
    if (!one.starts_with("-")) {
      reader.fail("sbatch", "\"" + one + "\"",
                  "options of sbatch, as \"--constraint=a100\"");
    }
  }
  return options;
}

int count_at(TableReader& reader, const char* key, int otherwise,
             std::int64_t least, std::int64_t most) {
  return static_cast<int>(reader.integer_or(key, otherwise, least, most));
}

void read_size(TableReader& reader, cluster::ClusterRequest& request,
               int threads) {
  request.nodes = count_at(reader, "nodes", 1, 1, kMostNodes);
  request.gpus_per_node = count_at(reader, "gpus_per_node", 0, 0, kMostPerNode);
  request.gpu_type = word_at(reader, "gpu_type");
  if (!request.gpu_type.empty() && request.gpus_per_node == 0) {
    reader.fail("gpu_type", "a type, of no GPU", "gpus_per_node beside it");
  }
  request.gpus_per_worker =
      count_at(reader, "gpus_per_worker", 1, 1, kMostPerNode);
  const int shares = request.gpus_per_node / request.gpus_per_worker;
  if (request.gpus_per_worker > 1 && shares == 0) {
    reader.fail(
        "gpus_per_worker", std::to_string(request.gpus_per_worker),
        "at most gpus_per_node, " + std::to_string(request.gpus_per_node));
  }
  request.workers_per_node = count_at(reader, "workers_per_node",
                                      std::max(1, shares), 1, kMostPerNode);
  if (request.gpus_per_node > 0 && request.workers_per_node > shares) {
    reader.fail("workers_per_node", std::to_string(request.workers_per_node),
                "at most " + std::to_string(shares) + ", for gpus_per_node " +
                    std::to_string(request.gpus_per_node) +
                    ": workers don't share a GPU");
  }
  request.cpus_per_worker =
      count_at(reader, "cpus_per_worker", threads, 1, kMostPerNode);
  if (request.cpus_per_worker < threads) {
    reader.fail("cpus_per_worker", std::to_string(request.cpus_per_worker),
                "at least [numerics] threads, " + std::to_string(threads));
  }
  request.memory = word_at(reader, "memory");
  if (!request.memory.empty() && !cluster::memory_mb_of(request.memory)) {
    reader.fail("memory", "\"" + request.memory + "\"",
                "that of a node, as \"64G\" or \"500M\"");
  }
}

void read_ends(TableReader& reader, cluster::ClusterRequest& request) {
  request.time = word_at(reader, "time");
  request.signal_lead = count_at(reader, "signal_lead", 300, 1, 65535);
  if (!request.time.empty()) {
    const auto seconds = cluster::seconds_of_limit(request.time);
    if (!seconds) {
      reader.fail("time", "\"" + request.time + "\"",
                  "\"HH:MM:SS\", \"DAYS-HH:MM:SS\" or \"MINUTES\"");
    }
    if (*seconds <= request.signal_lead) {
      reader.fail("time", "\"" + request.time + "\"",
                  "more than signal_lead, " +
                      std::to_string(request.signal_lead) + " s");
    }
  }
  request.restarts = count_at(reader, "restarts", 3, 0, 1000);
  request.requeues = count_at(reader, "requeues", 10, 0, 1000);
}

}  // namespace

cluster::ClusterRequest read_cluster(TableReader& root, int threads) {
  cluster::ClusterRequest request;
  TableReader reader = root.table("cluster");
  request.partition = word_at(reader, "partition");
  request.account = word_at(reader, "account");
  request.qos = word_at(reader, "qos");
  read_size(reader, request, threads);
  read_ends(reader, request);
  request.modules = lines_at(reader, "modules");
  request.environment = lines_at(reader, "environment");
  request.container = line_at(reader, "container");
  request.program = line_at(reader, "program");
  request.sbatch = sbatch_options(reader);
  request.launcher = reader.choice("launcher", {"mpirun", "srun"}, 0) == 0
                         ? cluster::Launcher::mpirun
                         : cluster::Launcher::srun;
  reader.finish();
  return request;
}

}  // namespace coxswain::runner
