#include "runner/bill/calibrate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <filesystem>
#include <functional>
#include <set>
#include <string>

#include "cluster/host.hpp"
#include "runner/base/clock.hpp"
#include "runner/base/exit_code.hpp"
#include "runner/base/time_text.hpp"
#include "runner/bill/output_size.hpp"
#include "runner/bill/sample_inputs.hpp"
#include "runner/bill/shrunk_task.hpp"
#include "runner/bill/task_width.hpp"
#include "runner/stages/seal.hpp"
#include "runner/stages/stage.hpp"
#include "storage/files/fault.hpp"
#include "storage/run/shard.hpp"

namespace coxswain::runner {
namespace {

// What one timed task may take, and what is written and sealed.
constexpr double kSampleSeconds = 5;
constexpr double kUnmeasuredFlops = 1e10;  // a second, before anything is timed
constexpr int kCommits = 16;
constexpr std::int64_t kShardBytes = 32 << 20;
constexpr std::int64_t kMostSealed = 256 << 20;

double seconds_of(const std::function<void()>& work) {
  const double start = monotonic_seconds();
  work();
  return monotonic_seconds() - start;
}

class Calibrator {
 public:
  Calibrator(const Plan& plan, jobs::Executor& executor,
             const std::string& scratch)
      : plan_(plan), executor_(executor), run_(scratch), inputs_(plan) {}

  Calibration run() {
    name();
    load_model();
    // Later kinds take what earlier ones gave.
    for (const jobs::TaskKind kind : jobs::kinds_in_order()) {
      if (jobs::is_timed(kind)) time(kind);
    }
    write();
    seal_blanks();
    return made_;
  }

 private:
  void name() {
    const CalibrationKey key = calibration_key(plan_);
    made_.numerics = executor_.numerics();
    made_.compute = key.compute;
    made_.model = key.model;
    made_.host = cluster::host_name();
    made_.measured = utc_text(unix_seconds());
  }

  double timed(const jobs::Task& task,
               const std::vector<storage::ArrayMap>& inputs) {
    jobs::TaskResult result;
    const double seconds =
        seconds_of([&] { result = executor_.execute(task, inputs); });
    if (!result.ok) {
      throw ProgramError(
          ExitCode::quarantined,
          fmt::format("a task of kind {} failed while it was timed: {}",
                      name_of(jobs::kind_of(task)), result.reason));
    }
    last_ = std::move(result.output);
    return seconds;
  }

  // The quicker of two times: whatever else the machine does only ever adds.
  double quickest(const jobs::Task& task,
                  const std::vector<storage::ArrayMap>& inputs) {
    const double first = timed(task, inputs);
    return std::min(first, timed(task, inputs));
  }

  // One small task several times: the first time, the model is loaded.
  void load_model() {
    for (const PlannedTask& task : plan_.tasks) {
      const auto* extract = std::get_if<jobs::ExtractTask>(&task.task);
      if (extract == nullptr) continue;
      const ShrunkTask small = shrunk(plan_, task, 0);
      const double first = timed(small.task, {});
      const double again = quickest(small.task, {});
      made_.model_load_rate = rate(extract->model.path, first - again);
      most_flops_ = kSampleSeconds * small.flops / again;
      return;
    }
  }

  double rate(const std::string& path, double seconds) const {
    const auto bytes = static_cast<double>(plan_.sources.at(path).file_bytes);
    return seconds > 0 ? bytes / seconds : 0;
  }

  // Of one model's width: a kind's results are the inputs of the next.
  void time(jobs::TaskKind kind) {
    std::vector<std::size_t> tasks;
    for (std::size_t i = 0; i < plan_.tasks.size(); ++i) {
      if (jobs::kind_of(plan_.tasks[i].task) == kind &&
          width_of_task(plan_, i) == width_of(plan_, ModelIndex(0))) {
        tasks.push_back(i);
      }
    }
    if (tasks.empty()) return;
    const auto [least, most] = std::ranges::minmax_element(
        tasks, {}, [this](std::size_t i) { return plan_.tasks[i].flops; });
    std::vector<TimedSample> samples{sample(*least)};
    if (plan_.tasks[*most].flops > plan_.tasks[*least].flops) {
      samples.push_back(sample(*most));
    }
    made_.paces[kind] = pace_of(samples);
  }

  TimedSample sample(std::size_t index) {
    const PlannedTask& task = plan_.tasks[index];
    const ShrunkTask small = shrunk(plan_, task, most_flops_);
    const auto inputs = inputs_.of(index);
    // The first of an SAE's tasks loads it: the difference to the next time is
    // what that takes.
    if (const auto* one = std::get_if<jobs::DecomposeTask>(&small.task)) {
      const double first = timed(small.task, inputs);
      const double again = quickest(small.task, inputs);
      if (loaded_.insert(one->sae.path).second) {
        made_.sae_load_rate = rate(one->sae.path, first - again);
      }
      return {small.flops, again};
    }
    const double seconds = quickest(small.task, inputs);
    inputs_.learn(jobs::kind_of(task.task), std::move(last_));
    return {small.flops, seconds};
  }

  // Commits one by one, each synced: what a coordinator at leisure does. Under
  // load it syncs once for several, and is faster than predicted.
  void write() {
    run_.create();
    storage::Journal journal(run_.journal_folder(), {},
                             {plan_.sweep.name, "", plan_.sweep.effective});
    made_.commit_seconds = seconds_of([&] {
                             for (int i = 0; i < kCommits; ++i) {
                               commit(journal);
                             }
                           }) /
                           kCommits;
    storage::ShardWriter shard(run_.path(),
                               storage::RunDirectory::shard_name(1, 1), 1);
    const storage::Array bulk{
        storage::DType::u8, {kShardBytes}, std::string(kShardBytes, 'x')};
    made_.shard_rate = kShardBytes / seconds_of([&] {
                         shard.append({{"bulk", bulk}});
                         shard.sync();
                       });
  }

  void commit(storage::Journal& journal) const {
    constexpr std::size_t kResult = 16 << 10;
    const storage::Key key{1, 2};
    storage::Commit done;
    done.task = key;
    done.result.assign(kResult, 'x');
    journal.leased(key, 1, 1);
    journal.committed(done);
    journal.sync();
  }

  // Tables and arrays as they will be, with nothing in them.
  void seal_blanks() {
    Plan plan = plan_;
    if (output_size(plan).results > kMostSealed) {
      std::erase_if(plan.stages,
                    [](const auto& stage) { return stage->has_bulk(); });
    }
    const double seconds = seconds_of([&] { seal(plan, {}, run_); });
    made_.seal_rate =
        static_cast<double>(std::filesystem::file_size(run_.results())) /
        seconds;
  }

  const Plan& plan_;
  jobs::Executor& executor_;
  storage::RunDirectory run_;
  SampleInputs inputs_;
  jobs::TaskOutput last_;
  std::set<std::string> loaded_;  // SAEs, by path
  double most_flops_ = kSampleSeconds * kUnmeasuredFlops;
  Calibration made_;
};

}  // namespace

KindPace pace_of(std::vector<TimedSample> samples) {
  assert(!samples.empty());
  std::ranges::sort(samples, {}, &TimedSample::flops);
  const TimedSample& small = samples.front();
  const TimedSample& large = samples.back();
  // Tasks that compute nothing to speak of: all of their time is their own.
  if (large.flops <= 0) return {large.seconds, 0};
  const double slope =
      (large.seconds - small.seconds) / (large.flops - small.flops);
  const double each = small.seconds - slope * small.flops;
  // Two that are nearly alike say nothing of what a task takes by itself.
  if (large.flops > 1.2 * small.flops && slope > 0 && each >= 0) {
    return {each, slope};
  }
  double flops = 0, seconds = 0;
  for (const TimedSample& one : samples) {
    flops += one.flops;
    seconds += one.seconds;
  }
  return {0, seconds / flops};
}

Calibration calibrate(const Plan& plan, jobs::Executor& executor,
                      const std::string& scratch) {
  return Calibrator(plan, executor, scratch).run();
}

}  // namespace coxswain::runner
