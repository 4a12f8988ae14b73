#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "jobs/task/evaluate_result.hpp"
#include "runner/plan/plan.hpp"
#include "runner/stages/known_cells.hpp"
#include "storage/run/journal.hpp"

namespace coxswain::runner {

// What a journal has by content, whichever tasks made it: results by what they
// are made of, and evaluations cell by cell. Reads no results.
class Reuse {
 public:
  // The commits of one task's inputs, in their order; null: there is none.
  using Inputs = std::vector<const storage::Commit*>;

  // Both must outlive it. Commits may be added to the state and replaced, never
  // taken out.
  Reuse(const Plan& plan, const storage::JournalState& state);

  // A commit that is in the state.
  void add(const storage::Commit& commit);
  // It can't be read: nothing is taken from it any more.
  void forget(const storage::Commit& commit);

  // What is to be said of a task's result before it is there: what it is made
  // of, and the grid of an evaluation. Of an evaluation some inputs may be
  // missing.
  storage::CommitContent content_of(TaskIndex task, const Inputs& inputs) const;
  // A result that is made of the same; null: none.
  const storage::Commit* find(const storage::Key& made_of) const;
  // Of an evaluate task with this grid.
  KnownCells cells(TaskIndex task, const storage::CellGrid& grid) const;

 private:
  const Plan& plan_;
  std::unordered_map<storage::Key, const storage::Commit*, HashOfKey> made_of_;
  EvaluatedIndex cells_;
};

// Why a variant of an evaluation has no cells, for all that its task's input
// says: NoCell::computed if it has them.
jobs::NoCell why_no_cells(const jobs::SteeredVariant& variant,
                          const Reuse::Inputs& inputs);

// How far a journal has what a task of a plan gives.
enum class Outlook : std::uint8_t {
  done,      // it is committed
  reused,    // it is there by content: nothing is computed
  computed,  // it is computed, or what is left of its cells is
  unknown  // that depends on bytes that are not known before they are computed
};

// What becomes of one task of a plan when the plan runs on a journal.
struct TaskOutlook {
  Outlook outlook = Outlook::unknown;
  // Of an evaluate task, all of them; known: need no computing; open: of
  // vectors that are not known yet, computed or not. The rest is computed.
  std::int64_t cells = 0, cells_known = 0, cells_open = 0;
};

// For each task of the plan, in its order. `state`: without commits that can't
// be read (drop_lost()). The same rules as those of a run.
std::vector<TaskOutlook> look_ahead(const Plan& plan,
                                    const storage::JournalState& state);

// How much of a plan is computed on a journal.
struct ReuseCount {
  std::size_t tasks = 0, done = 0, reused = 0, computed = 0, unknown = 0;
  std::int64_t cells = 0, cells_known = 0, cells_open = 0;
};
ReuseCount count(const std::vector<TaskOutlook>& tasks);

// The key under which the journal has what there is of a task some of whose
// inputs were given up.
storage::Key partial_key(const storage::Key& task);

}  // namespace coxswain::runner
