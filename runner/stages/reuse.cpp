#include "runner/stages/reuse.hpp"

#include <algorithm>
#include <cassert>
#include <variant>

#include "jobs/task/made_of.hpp"

namespace coxswain::runner {
namespace {

using storage::Commit;
using storage::CommitContent;
using storage::Key;

std::vector<jobs::InputContent> contents_of(const Reuse::Inputs& inputs) {
  std::vector<jobs::InputContent> contents;
  for (const Commit* one : inputs) {
    contents.push_back(
        one == nullptr
            ? jobs::InputContent{}
            : jobs::InputContent{one->content.all, one->content.slices});
  }
  return contents;
}

storage::CellGrid grid_of(const jobs::EvaluateTask& task,
                          const Reuse::Inputs& inputs, std::int64_t threads) {
  storage::CellGrid grid;
  grid.basis = basis_of_cells(task, task.letter_mass, threads);
  for (const jobs::ContrastTokens& item : task.items) {
    grid.items.push_back(jobs::key_of_steering(item));
  }
  for (std::size_t v = 0; v < task.variants.size(); ++v) {
    const jobs::SteeredVariant& variant = task.variants[v];
    const Commit* from = inputs.at(static_cast<std::size_t>(variant.input));
    std::vector<Key> vectors;
    for (const std::int32_t number : rows_of(variant)) {
      const auto row = static_cast<std::size_t>(number);
      const bool there = from != nullptr && row < from->content.slices.size();
      vectors.push_back(there ? from->content.slices[row] : Key{});
    }
    grid.variants.push_back(
        key_of_variant(variant, operation_of(task, v), vectors));
  }
  grid.multipliers = task.multipliers;
  return grid;
}

// A plan's tasks one after the other, each with what is known of its inputs.
class LookAhead {
 public:
  LookAhead(const Plan& plan, const storage::JournalState& state)
      : plan_(plan), state_(state), reuse_(plan, state) {}

  std::vector<TaskOutlook> all() {
    std::vector<TaskOutlook> outlooks;
    for (std::size_t i = 0; i < plan_.tasks.size(); ++i) {
      outlooks.push_back(of(TaskIndex(i)));
    }
    return outlooks;
  }

 private:
  TaskOutlook of(TaskIndex index) {
    const PlannedTask& task = at(plan_.tasks, index);
    TaskOutlook outlook;
    const auto* evaluate = std::get_if<jobs::EvaluateTask>(&task.task);
    if (evaluate != nullptr) {
      outlook.cells = std::ssize(evaluate->items) *
                      std::ssize(evaluate->variants) *
                      std::ssize(evaluate->multipliers);
    }
    found_.push_back(nullptr);
    const auto commit = state_.commits.find(task.key);
    if (commit != state_.commits.end()) {
      found_.back() = &commit->second;
      outlook.outlook = Outlook::done;
      outlook.cells_known = outlook.cells;
      return outlook;
    }
    Reuse::Inputs inputs;
    for (const TaskIndex input : task.inputs) {
      inputs.push_back(found_[input.number()]);
    }
    const CommitContent content = reuse_.content_of(index, inputs);
    if (evaluate != nullptr) {
      look_at_cells(index, inputs, content.grid, outlook);
    } else if (std::ranges::count(inputs, nullptr) == 0) {
      found_.back() = reuse_.find(content.made_of);
      outlook.outlook =
          found_.back() == nullptr ? Outlook::computed : Outlook::reused;
    }
    return outlook;
  }

  void look_at_cells(TaskIndex index, const Reuse::Inputs& inputs,
                     const storage::CellGrid& grid, TaskOutlook& outlook) {
    const auto& task =
        std::get<jobs::EvaluateTask>(at(plan_.tasks, index).task);
    outlook.cells_known = reuse_.cells(index, grid).count;
    const std::int64_t each =
        std::ssize(grid.items) * std::ssize(grid.multipliers);
    for (std::size_t v = 0; v < task.variants.size(); ++v) {
      switch (why_no_cells(task.variants[v], inputs)) {
        case jobs::NoCell::not_there:
          outlook.cells_open += each;
          break;
        case jobs::NoCell::no_vector:  // nothing is computed
          outlook.cells_known += each;
          break;
        default:
          break;
      }
    }
    if (outlook.cells_open > 0) {
      outlook.outlook = Outlook::unknown;
    } else {
      outlook.outlook = outlook.cells_known == outlook.cells
                            ? Outlook::reused
                            : Outlook::computed;
    }
  }

  const Plan& plan_;
  const storage::JournalState& state_;
  Reuse reuse_;
  std::vector<const Commit*> found_;  // of each task so far
};

}  // namespace

Reuse::Reuse(const Plan& plan, const storage::JournalState& state)
    : plan_(plan) {
  for (const auto& [key, commit] : state.commits) add(commit);
}

void Reuse::add(const Commit& commit) {
  const Key& made_of = commit.content.made_of;
  if (made_of != Key{}) made_of_.insert_or_assign(made_of, &commit);
  cells_.add(commit);
}

void Reuse::forget(const Commit& commit) {
  const auto found = made_of_.find(commit.content.made_of);
  if (found != made_of_.end() && found->second == &commit) {
    made_of_.erase(found);
  }
  cells_.forget(commit);
}

CommitContent Reuse::content_of(TaskIndex task, const Inputs& inputs) const {
  const PlannedTask& planned = at(plan_.tasks, task);
  assert(inputs.size() == planned.inputs.size());
  CommitContent content;
  const std::int64_t threads = plan_.sweep.threads;
  if (const auto* one = std::get_if<jobs::EvaluateTask>(&planned.task)) {
    content.grid = grid_of(*one, inputs, threads);
  } else {
    content.made_of = jobs::made_of(planned.task, contents_of(inputs), threads);
  }
  return content;
}

const Commit* Reuse::find(const Key& made_of) const {
  if (made_of == Key{}) return nullptr;
  const auto found = made_of_.find(made_of);
  return found == made_of_.end() ? nullptr : found->second;
}

KnownCells Reuse::cells(TaskIndex task, const storage::CellGrid& grid) const {
  const auto& one = std::get<jobs::EvaluateTask>(at(plan_.tasks, task).task);
  std::vector<Key> bases{grid.basis};
  // Logits are the same whether the vocabulary is summed or not.
  if (!one.letter_mass) {
    bases.push_back(basis_of_cells(one, true, plan_.sweep.threads));
  }
  return cells_.find(grid, bases);
}

jobs::NoCell why_no_cells(const jobs::SteeredVariant& variant,
                          const Reuse::Inputs& inputs) {
  const Commit* from = inputs.at(static_cast<std::size_t>(variant.input));
  if (from == nullptr) return jobs::NoCell::not_there;
  const auto& slices = from->content.slices;
  const bool none =
      std::ranges::any_of(rows_of(variant), [&](std::int32_t number) {
        const auto row = static_cast<std::size_t>(number);
        // A program that said nothing of slices knew of no vectors that are
        // none.
        return row < slices.size() && slices[row] == Key{};
      });
  return none ? jobs::NoCell::no_vector : jobs::NoCell::computed;
}

std::vector<TaskOutlook> look_ahead(const Plan& plan,
                                    const storage::JournalState& state) {
  return LookAhead(plan, state).all();
}

ReuseCount count(const std::vector<TaskOutlook>& tasks) {
  ReuseCount count;
  for (const TaskOutlook& one : tasks) {
    ++count.tasks;
    count.done += one.outlook == Outlook::done;
    count.reused += one.outlook == Outlook::reused;
    count.computed += one.outlook == Outlook::computed;
    count.unknown += one.outlook == Outlook::unknown;
    count.cells += one.cells;
    count.cells_known += one.cells_known;
    count.cells_open += one.cells_open;
  }
  return count;
}

Key partial_key(const Key& task) {
  return storage::key_of("partial " + hex(task));
}

}  // namespace coxswain::runner
