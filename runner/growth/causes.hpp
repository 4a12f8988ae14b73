#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "runner/growth/run_inputs.hpp"
#include "runner/growth/task_facts.hpp"
#include "runner/plan/plan.hpp"

namespace coxswain::runner {

// What a run directory has of a task.
enum class Standing : std::uint8_t {
  there,         // its result is in the journal
  same_content,  // results that are there say the same
  to_compute,
  unknown,   // told once bytes are known that are still to be computed, or
             // files that were not read
  given_up,  // an earlier start failed at it; to be computed
};

// The same with what is known of its cells, of a task that is computed in part.
struct TaskStanding {
  Standing state = Standing::to_compute;
  std::int64_t cells = 0;
  std::int64_t cells_known = 0;  // need no computing
  bool unread = false;  // a file, its own or an input's, of no known digest
};

// Why a task is to be computed.
enum class CauseKind : std::uint8_t {
  value_new,    // of a field, or a behaviour, an SAE, a model
  value_gone,   // what is left is cut into tasks otherwise
  setting,      // a field has another value
  file_unread,  // a file that may have changed was not read
  stage_new,    // nothing of its kind was asked for
  left_out,     // an earlier start did not want it
  given_up,     // an earlier start failed at it
  not_yet,      // an earlier start ended before
  not_noted,    // what the run was made of is not known
};

// One reason, of one task or of several.
struct Cause {
  CauseKind kind = CauseKind::not_yet;
  std::string field;
  std::string of;           // what the field belongs to: "model toy"; or empty
  Values values;            // that are new, or gone
  std::string before, now;  // of a setting

  bool same_as(const Cause& other) const {
    return kind == other.kind && field == other.field && of == other.of &&
           before == other.before && now == other.now;
  }
};

// What is known of the starts before.
struct Earlier {
  RunInputs inputs;
  // Whether `inputs` are what these starts noted; else they were worked out
  // again from the sweep, and files are those that are known of.
  bool noted = true;
  std::vector<std::string> notes;  // what is not known, and why
};

// Fields of the files that the task reads and whose digests are not known. Of
// tasks about the same some read a file that others don't.
std::vector<std::string> unread_files(const TaskFacts& task);

// The causes of each task: none of those that are there. Pure. A task is new by
// what it is about, by the values that no start before had, and by whatever
// made the tasks new that it depends on.
std::vector<std::vector<Cause>> causes_of(
    const Plan& plan, const std::vector<TaskFacts>& facts,
    const std::vector<TaskStanding>& standings, const Earlier& earlier);

}  // namespace coxswain::runner
