#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "runner/growth/causes.hpp"
#include "runner/plan/plan.hpp"
#include "storage/run/journal.hpp"

namespace coxswain::runner {

// A cause, and how many of a stage's tasks have it.
struct CountedCause {
  Cause cause;
  std::size_t tasks = 0;
};

// What a run has of all tasks of one kind.
struct StageGrowth {
  jobs::TaskKind kind = jobs::kKindOf<jobs::ExtractTask>;
  std::size_t tasks = 0;
  std::size_t to_compute = 0;  // at most
  std::size_t unknown = 0;     // of these
  std::int64_t cells = 0;      // of the tasks to compute, where they are known
  std::int64_t cells_known = 0;      // of these, need no computing
  std::vector<CountedCause> causes;  // of most tasks first
};

// What a run directory has of a plan, what will be computed, and why.
struct Growth {
  std::string run;  // path of the directory
  std::size_t tasks = 0;
  std::size_t there = 0;         // results of their own
  std::size_t same_content = 0;  // what is there says the same
  std::size_t unknown = 0;
  std::vector<StageGrowth> stages;  // in the order of a sweep
  std::vector<std::string> notes;

  std::size_t to_compute() const { return tasks - there - same_content; }
};

// What the journal says of each task. Of tasks whose own files, or those of
// what they depend on, were not read (as `facts` have it) nothing is known.
std::vector<TaskStanding> standings_of(const Plan& plan,
                                       const std::vector<TaskFacts>& facts,
                                       const storage::JournalState& journal);

// Pure.
Growth growth_of(const Plan& plan, const std::vector<TaskFacts>& facts,
                 const std::vector<TaskStanding>& standings,
                 const Earlier& earlier, const std::string& run);

// "3 new multipliers (-2, 0.5, 4)", "file of SAE toy-sae changed".
std::string text_of(const Cause& cause);
// Lines: what is there; then a stage each, what is computed and why, if that is
// more than going on.
std::string text_of(const Growth& growth);
// runner/bill's README.md documents the keys.
nlohmann::json to_json(const Growth& growth);

}  // namespace coxswain::runner
