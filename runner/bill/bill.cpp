#include "runner/bill/bill.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "runner/bill/makespan.hpp"
#include "runner/plan/memory_budget.hpp"

namespace coxswain::runner {
namespace {

// What stands in for seconds where there is no calibration: how often things
// are loaded depends on which task comes when, so that a play is needed all the
// same.
constexpr double kGuessedSecondsPerFlop = 2e-11;
constexpr double kGuessedBytesPerSecond = 1e9;

// The plan as makespan() takes it.
struct Timeline {
  std::vector<TimedTask> tasks;
  std::vector<std::string> paths;  // of loads
  std::vector<double> load_seconds;
  std::vector<bool> is_model;  // of loads, else an SAE
};

double task_seconds(const PlannedTask& task, const Calibration* calibration) {
  if (calibration == nullptr) return task.flops * kGuessedSecondsPerFlop;
  double seconds =
      calibration->seconds(jobs::kind_of(task.task), task.flops).value_or(0) +
      calibration->commit_seconds;
  const std::int64_t bulk = shard_bytes(task);
  if (bulk > 0 && calibration->shard_rate > 0) {
    seconds += static_cast<double>(bulk) / calibration->shard_rate;
  }
  return seconds;
}

class TimelineMaker {
 public:
  TimelineMaker(const Plan& plan, const Calibration* calibration)
      : plan_(plan), calibration_(calibration) {}

  Timeline make() {
    for (const PlannedTask& task : plan_.tasks) {
      const jobs::TaskLoads loads = jobs::loads_of(task.task);
      made_.tasks.push_back(
          {numbers_of(task.inputs),
           task_seconds(task, calibration_),
           {loads.model != nullptr ? load(loads.model->path, true) : -1,
            loads.sae != nullptr ? load(loads.sae->path, false) : -1}});
    }
    return std::move(made_);
  }

 private:
  int load(const std::string& path, bool is_model) {
    if (path.empty()) return -1;
    const auto known = numbers_.find(path);
    if (known != numbers_.end()) return known->second;
    const auto number = static_cast<int>(made_.paths.size());
    made_.paths.push_back(path);
    made_.is_model.push_back(is_model);
    double rate = kGuessedBytesPerSecond;
    if (calibration_ != nullptr) {
      rate = is_model ? calibration_->model_load_rate
                      : calibration_->sae_load_rate;
    }
    made_.load_seconds.push_back(
        rate > 0 ? static_cast<double>(plan_.sources.at(path).file_bytes) / rate
                 : 0);
    numbers_[path] = number;
    return number;
  }

  const Plan& plan_;
  const Calibration* calibration_;
  Timeline made_;
  std::map<std::string, int> numbers_;
};

std::vector<StageBill> stages_of(const Plan& plan,
                                 const Calibration* calibration) {
  std::map<jobs::TaskKind, StageBill> stages;
  for (const PlannedTask& task : plan.tasks) {
    const jobs::TaskKind kind = jobs::kind_of(task.task);
    StageBill& stage = stages[kind];
    stage.kind = kind;
    ++stage.tasks;
    stage.flops += task.flops;
    if (calibration != nullptr) {
      stage.seconds =
          stage.seconds.value_or(0) + task_seconds(task, calibration);
    }
  }
  std::vector<StageBill> all;
  for (const auto& [kind, stage] : stages) all.push_back(stage);
  return all;
}

// Of the coordinator: results that travelled stay in memory, and while it seals
// every cell has a row.
std::int64_t coordinator_bytes(const Plan& plan, const OutputSize& output) {
  constexpr auto kRows = static_cast<std::int64_t>(
      sizeof(storage::CellRow) + sizeof(storage::PropensityRow));
  return plan.cells.count() * kRows + output.journal + output.results;
}

MemoryBill memory_of(const Plan& plan, const Timeline& timeline,
                     const OutputSize& output) {
  MemoryBill memory;
  memory.process = kProcessBytes;
  for (std::size_t i = 0; i < timeline.paths.size(); ++i) {
    std::int64_t& largest = timeline.is_model[i] ? memory.model : memory.sae;
    largest =
        std::max(largest, plan.sources.at(timeline.paths[i]).memory_bytes);
  }
  for (const PlannedTask& task : plan.tasks) {
    memory.task = std::max(memory.task, task.size.memory_bytes);
  }
  memory.worker = memory.process + memory.model + memory.sae + memory.task;
  std::int64_t buffers = 0;
  for (const PlannedModel& model : plan.models) {
    buffers = std::max(
        buffers,
        jobs::gpu_buffer_bytes(model.header.architecture, plan.sweep.compute));
  }
  // The program and its libraries stay in the host's memory.
  memory.gpu = memory.worker - memory.process + buffers;
  memory.coordinator = coordinator_bytes(plan, output);
  return memory;
}

CrewBill crew_of(const Plan& plan, const Timeline& timeline, int workers) {
  CrewBill crew;
  crew.workers = workers;
  const Makespan played =
      makespan(timeline.tasks, timeline.load_seconds, workers);
  for (std::size_t i = 0; i < timeline.paths.size(); ++i) {
    (timeline.is_model[i] ? crew.model_loads : crew.sae_loads) +=
        played.loads[i];
    crew.read_bytes +=
        played.loads[i] * plan.sources.at(timeline.paths[i]).file_bytes;
  }
  crew.seconds = played.seconds;
  return crew;
}

void add_counts(const Plan& plan, Bill& bill) {
  bill.name = plan.sweep.name;
  bill.models = std::ranges::count_if(plan.models, [](const auto& model) {
    return !model.source.path.empty();  // stored activations need none
  });
  std::set<std::string> behaviours;
  for (const DataEntry& data : plan.data) behaviours.insert(data.behaviour);
  bill.behaviours = std::ssize(behaviours);
  bill.saes = std::ssize(plan.tables.saes);
  bill.cells = plan.cells.count();
  bill.tasks = std::ssize(plan.tasks);
}

double sealing_seconds(const OutputSize& output,
                       const Calibration& calibration) {
  if (calibration.seal_rate <= 0) return 0;
  return static_cast<double>(output.results) / calibration.seal_rate;
}

}  // namespace

double seconds_left(const Plan& plan, const Calibration& calibration,
                    const std::set<std::size_t>& done, int workers) {
  Timeline timeline = TimelineMaker(plan, &calibration).make();
  // What is done stays in the play, as tasks of no length that load nothing:
  // the others find their inputs.
  for (const std::size_t task : done) {
    assert(task < timeline.tasks.size());
    timeline.tasks[task].seconds = 0;
    timeline.tasks[task].needs = {-1, -1};
  }
  return makespan(timeline.tasks, timeline.load_seconds, workers).seconds +
         sealing_seconds(output_size(plan), calibration);
}

Bill make_bill(const Plan& plan, const Calibration* calibration,
               int most_workers) {
  const Timeline timeline = TimelineMaker(plan, calibration).make();
  Bill bill;
  add_counts(plan, bill);
  bill.data = data_of(plan);
  bill.stages = stages_of(plan, calibration);
  bill.output = output_size(plan);
  bill.memory = memory_of(plan, timeline, bill.output);
  double sealing = 0;
  if (calibration != nullptr) {
    sealing = sealing_seconds(bill.output, *calibration);
    bill.chain_seconds = longest_chain(timeline.tasks);
    bill.sealing_seconds = sealing;
    bill.calibrated = calibration->measured;
    bill.calibrated_on = calibration->numerics + " on " + calibration->host;
  }
  for (int workers = 1;; workers = std::min(2 * workers, most_workers)) {
    CrewBill crew = crew_of(plan, timeline, workers);
    if (calibration == nullptr) {
      crew.seconds.reset();
    } else {
      *crew.seconds += sealing;
    }
    bill.crews.push_back(crew);
    if (workers >= most_workers) break;
  }
  return bill;
}

namespace {

nlohmann::json or_null(const std::optional<double>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json();
}

nlohmann::json memory_json(const MemoryBill& memory) {
  return {{"process", memory.process},
          {"model", memory.model},
          {"sae", memory.sae},
          {"task", memory.task},
          {"worker", memory.worker},
          {"gpu", memory.gpu},
          {"coordinator", memory.coordinator}};
}

}  // namespace

nlohmann::json to_json(const Bill& bill) {
  nlohmann::json all{
      {"name", bill.name},
      {"models", bill.models},
      {"behaviours", bill.behaviours},
      {"saes", bill.saes},
      {"cells", bill.cells},
      {"tasks", bill.tasks},
      {"data", nlohmann::json::array()},
      {"stages", nlohmann::json::array()},
      {"writes",
       {{"journal_bytes", bill.output.journal},
        {"shard_bytes", bill.output.shards},
        {"results_bytes", bill.output.results},
        {"report_bytes", bill.output.reports},
        {"files", bill.output.files},
        {"shard_files_per_worker", bill.output.any_shards ? 1 : 0}}},
      {"memory_bytes", memory_json(bill.memory)},
      {"workers", nlohmann::json::array()},
      {"longest_chain_seconds", or_null(bill.chain_seconds)},
      {"sealing_seconds", or_null(bill.sealing_seconds)},
      {"calibrated", bill.calibrated},
      {"calibrated_on", bill.calibrated_on}};
  for (const DataBill& data : bill.data) all["data"].push_back(to_json(data));
  for (const StageBill& stage : bill.stages) {
    all["stages"].push_back({{"kind", jobs::name_of(stage.kind)},
                             {"tasks", stage.tasks},
                             {"flops", stage.flops},
                             {"seconds", or_null(stage.seconds)}});
  }
  for (const CrewBill& crew : bill.crews) {
    all["workers"].push_back({{"workers", crew.workers},
                              {"model_loads", crew.model_loads},
                              {"sae_loads", crew.sae_loads},
                              {"read_bytes", crew.read_bytes},
                              {"seconds", or_null(crew.seconds)}});
  }
  return all;
}

}  // namespace coxswain::runner
