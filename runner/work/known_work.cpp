#include "runner/work/known_work.hpp"

#include <algorithm>
#include <cassert>
#include <utility>
#include <variant>

#include "jobs/task/evaluate_result.hpp"
#include "jobs/task/result_slices.hpp"
#include "jobs/task/result_writer.hpp"
#include "runner/plan/message_limit.hpp"
#include "storage/files/fault.hpp"
#include "storage/run/shard.hpp"
#include "storage/tensors/safetensors.hpp"

namespace coxswain::runner {
namespace {

// Results whose cells are in memory at once.
constexpr std::size_t kMostRead = 8;

const jobs::EvaluateTask* evaluation(const Plan& plan, TaskIndex task) {
  return std::get_if<jobs::EvaluateTask>(&at(plan.tasks, task).task);
}

}  // namespace

KnownWork::KnownWork(const Plan& plan, const storage::JournalState& state,
                     const storage::RunDirectory& run)
    : plan_(plan), state_(state), run_(run), reuse_(plan, state) {}

Reuse::Inputs KnownWork::inputs_of(TaskIndex task) const {
  Reuse::Inputs inputs;
  for (const TaskIndex input : at(plan_.tasks, task).inputs) {
    const auto commit = state_.commits.find(at(plan_.tasks, input).key);
    inputs.push_back(commit == state_.commits.end() ? nullptr
                                                    : &commit->second);
  }
  return inputs;
}

std::vector<bool> KnownWork::lacking(TaskIndex task) const {
  std::vector<bool> lacking;
  for (const storage::Commit* input : inputs_of(task)) {
    lacking.push_back(input == nullptr);
  }
  return lacking;
}

std::optional<storage::Commit> KnownWork::whole(TaskIndex task) {
  if (const auto* evaluate = evaluation(plan_, task)) {
    return whole_evaluation(task, *evaluate);
  }
  const Reuse::Inputs inputs = inputs_of(task);
  const storage::CommitContent content = reuse_.content_of(task, inputs);
  const storage::Commit* found = reuse_.find(content.made_of);
  if (found == nullptr) return std::nullopt;
  if (!is_readable(*found)) {
    reuse_.forget(*found);
    return std::nullopt;
  }
  storage::Commit commit = *found;
  commit.task = at(plan_.tasks, task).key;
  commit.worker = commit.attempt = 0;
  commit.seconds = 0;
  return commit;
}

std::optional<storage::Commit> KnownWork::whole_evaluation(
    TaskIndex task, const jobs::EvaluateTask& evaluate) {
  const Reuse::Inputs inputs = inputs_of(task);
  storage::Commit commit;
  commit.content = reuse_.content_of(task, inputs);
  Gathered gathered = gather(task, evaluate, inputs, commit.content.grid);
  if (gathered.left > 0) return std::nullopt;
  const jobs::TaskOutput output{gathered.cells.result(), {}};
  commit.result = storage::to_safetensors(output.result);
  // What is as large as that is a worker's to write.
  if (commit.result.size() > kMessageLimit) return std::nullopt;
  commit.content.all = jobs::content_of(output);
  commit.content.failed_cells = jobs::failed_cells_of(output.result);
  const storage::Key& key = at(plan_.tasks, task).key;
  commit.task =
      std::ranges::count(inputs, nullptr) > 0 ? partial_key(key) : key;
  return commit;
}

double KnownWork::share_left(TaskIndex task) {
  if (evaluation(plan_, task) == nullptr) return 1;
  const Reuse::Inputs inputs = inputs_of(task);
  const storage::CellGrid grid = reuse_.content_of(task, inputs).grid;
  const KnownCells found = reuse_.cells(task, grid);
  if (found.known.empty()) return 1;
  return 1 - static_cast<double>(found.count) /
                 static_cast<double>(found.known.size());
}

const LeaseNote& KnownWork::note(TaskIndex task) {
  const auto* evaluate = evaluation(plan_, task);
  assert(evaluate != nullptr && "a soft task");
  const auto before = notes_.find(task);
  if (before != notes_.end() && is_of_today(task, before->second)) {
    return before->second;
  }
  const Reuse::Inputs inputs = inputs_of(task);
  LeaseNote note;
  note.ticket = ++tickets_;
  note.content = reuse_.content_of(task, inputs);
  note.lacking = lacking(task);
  const Gathered gathered = gather(task, *evaluate, inputs, note.content.grid);
  note.cells_left = gathered.left;
  if (std::ranges::count(gathered.known, 1) > 0) {
    storage::ArrayMap arrays = gathered.cells.result();
    jobs::put(arrays, jobs::evaluate_result::kKnown, gathered.known,
              {std::ssize(gathered.known)});
    note.known = storage::to_safetensors(arrays);
  }
  return notes_.insert_or_assign(task, std::move(note)).first->second;
}

const LeaseNote* KnownWork::find_note(TaskIndex task) const {
  const auto found = notes_.find(task);
  return found == notes_.end() ? nullptr : &found->second;
}

bool KnownWork::is_of_today(TaskIndex task, const LeaseNote& note) const {
  return note.lacking == lacking(task);
}

storage::CommitContent KnownWork::content_of(TaskIndex task) const {
  if (const LeaseNote* note = find_note(task)) return note->content;
  return reuse_.content_of(task, inputs_of(task));
}

void KnownWork::add(const storage::Commit& commit) {
  read_.erase(&commit);  // it may have taken an older one's place
  reuse_.add(commit);
}

KnownWork::Gathered KnownWork::gather(TaskIndex task,
                                      const jobs::EvaluateTask& evaluate,
                                      const Reuse::Inputs& inputs,
                                      const storage::CellGrid& grid) {
  for (;;) {
    Gathered gathered{jobs::EvaluatedCells(evaluate), {}};
    gathered.known.assign(gathered.cells.size(), 0);
    gathered.left = static_cast<std::int64_t>(gathered.cells.size());
    const std::int64_t of_variant =
        std::ssize(evaluate.items) * std::ssize(evaluate.multipliers);
    for (std::size_t v = 0; v < evaluate.variants.size(); ++v) {
      const auto why = why_no_cells(evaluate.variants[v], inputs);
      if (why == jobs::NoCell::computed) continue;
      gathered.cells.put_variant(v, why);
      gathered.left -= of_variant;
    }
    const KnownCells found = reuse_.cells(task, grid);
    gathered.left -= found.count;
    if (copy(found, grid, evaluate.letter_mass, gathered)) return gathered;
    // One of them can't be read and is forgotten: once more without it.
  }
}

bool KnownWork::copy(const KnownCells& found, const storage::CellGrid& grid,
                     bool letter_mass, Gathered& to) {
  for (const KnownCells::Source& source : found.sources) {
    const jobs::CellReader* from = read(*source.commit, letter_mass);
    if (from == nullptr) {
      reuse_.forget(*source.commit);
      return false;
    }
    for_each_cell(source, grid, [&](std::size_t cell, std::size_t its) {
      if (std::exchange(to.known[cell], 1) == 0) {
        from->copy(its, to.cells, cell);
      }
    });
  }
  return true;
}

const jobs::CellReader* KnownWork::read(const storage::Commit& commit,
                                        bool letter_mass) {
  const auto before = read_.find(&commit);
  if (before != read_.end() && before->second.letter_mass() == letter_mass) {
    return &before->second;
  }
  if (read_.size() >= kMostRead) read_.clear();
  const storage::CellGrid& grid = commit.content.grid;
  const std::size_t size =
      grid.items.size() * grid.variants.size() * grid.multipliers.size();
  try {
    const storage::ArrayMap arrays =
        commit.result.empty()
            ? storage::read_shard(run_.path(), commit.bulk)
            : storage::from_safetensors(commit.result, run_.journal_folder());
    jobs::CellReader reader(arrays, size, letter_mass, run_.path());
    return &read_.insert_or_assign(&commit, std::move(reader)).first->second;
  } catch (const storage::StorageError&) {
    return nullptr;
  }
}

// Whether what lies in a shard is there, and whole: the commit of another sweep
// was never looked at when this start began.
bool KnownWork::is_readable(const storage::Commit& commit) const {
  if (commit.bulk.file.empty()) return true;
  try {
    std::string bytes;
    storage::read_shard_bytes(run_.path(), commit.bulk, bytes);
  } catch (const storage::StorageError&) {
    return false;
  }
  return true;
}

}  // namespace coxswain::runner
