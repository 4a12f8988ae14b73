#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "jobs/task/evaluated_cells.hpp"
#include "runner/plan/plan.hpp"
#include "runner/stages/reuse.hpp"
#include "storage/run/journal.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// What a soft task was leased with, until its result is there: the result is of
// these inputs and no others.
struct LeaseNote {
  std::uint64_t ticket = 0;  // never 0; tells a result of this lease
  storage::CommitContent content;
  std::vector<bool> lacking;    // of each input: it was given up
  std::string known;            // safetensors of cells that are known; or empty
  std::int64_t cells_left = 0;  // that are computed
};

// What nobody need compute, because the journal has it by content. Reads
// results that lie in shards when they are asked for, and finds out then which
// of them can't be read.
class KnownWork {
 public:
  // All must outlive it.
  KnownWork(const Plan& plan, const storage::JournalState& state,
            const storage::RunDirectory& run);

  // A commit, under its own key or that of a part, for a task whose inputs are
  // all done or given up; none if something is to be computed.
  std::optional<storage::Commit> whole(TaskIndex task);
  // How much of a task is to be computed, 0 to 1.
  double share_left(TaskIndex task);

  // For a lease of a soft task. Stays the same while its inputs do.
  const LeaseNote& note(TaskIndex task);
  // Of a lease that is under way, or has failed; null: none.
  const LeaseNote* find_note(TaskIndex task) const;
  // Whether the inputs that the note says are those there are now.
  bool is_of_today(TaskIndex task, const LeaseNote& note) const;
  void end_note(TaskIndex task) { notes_.erase(task); }

  // What a result of the task is made of: of its lease, or of its inputs.
  storage::CommitContent content_of(TaskIndex task) const;
  // A commit that is in the state from now on.
  void add(const storage::Commit& commit);

 private:
  Reuse::Inputs inputs_of(TaskIndex task) const;
  std::vector<bool> lacking(TaskIndex task) const;
  std::optional<storage::Commit> whole_evaluation(
      TaskIndex task, const jobs::EvaluateTask& evaluate);
  // What is known of an evaluation's cells, with the reasons of those that can
  // have no numbers; and how many are to be computed.
  struct Gathered {
    jobs::EvaluatedCells cells;
    std::vector<std::int32_t> known;
    std::int64_t left = 0;
  };
  Gathered gather(TaskIndex task, const jobs::EvaluateTask& evaluate,
                  const Reuse::Inputs& inputs, const storage::CellGrid& grid);
  bool copy(const KnownCells& found, const storage::CellGrid& grid,
            bool letter_mass, Gathered& to);
  const jobs::CellReader* read(const storage::Commit& commit, bool letter_mass);
  bool is_readable(const storage::Commit& commit) const;

  const Plan& plan_;
  const storage::JournalState& state_;
  const storage::RunDirectory& run_;
  Reuse reuse_;
  std::map<TaskIndex, LeaseNote> notes_;
  std::uint64_t tickets_ = 0;
  // The last few results that cells were copied from: tasks that follow each
  // other take theirs from the same.
  std::map<const storage::Commit*, jobs::CellReader> read_;
};

}  // namespace coxswain::runner
