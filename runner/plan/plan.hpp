#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "jobs/cost/task_cost.hpp"
#include "jobs/model/model_file.hpp"
#include "jobs/steering/behaviour.hpp"
#include "jobs/task/task.hpp"
#include "runner/plan/digest_source.hpp"
#include "runner/sweep/sweep.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::runner {

// Whether a task reads what its inputs left in shards (of those that left
// something there: nothing else of them).
enum class InputBulk : std::uint8_t { unwanted, wanted };

struct PlannedTask {
  jobs::Task task;
  std::vector<std::size_t> inputs;  // tasks it depends on, earlier in the plan
  InputBulk input_bulk = InputBulk::unwanted;
  storage::Key key;
  double flops = 0;     // of its products, for progress and schedules
  jobs::TaskSize size;  // for the bill
};

// A model or an SAE that tasks load.
struct PlannedSource {
  std::int64_t file_bytes = 0;    // that loading it reads
  std::int64_t memory_bytes = 0;  // while it is loaded
};

struct PlannedModel {
  ModelEntry entry;
  jobs::ModelSource source;  // as tasks have it
  jobs::ModelHeader header;
  // Its rows of tables.behaviours, which are consecutive.
  std::size_t first_behaviour = 0, n_behaviours = 0;
};

// Where in the plan's tables a task's results belong. One row of the table is
// filled from `row` of the task's arrays.
struct Place {
  std::size_t task = 0;
  std::int64_t row = 0;
};

// The propensity rows of one evaluate task are consecutive: item by item,
// variant by variant, multiplier by multiplier.
struct PropensityPlace {
  std::size_t task = 0;
  std::int64_t first_row = 0;
  std::int64_t n_items = 0, n_variants = 0, n_multipliers = 0;
};

// The rows of tables/code_differences and tables/active_features of one
// behaviour and SAE: `most` at most, from row `behaviour` of the task's arrays.
struct DifferencePlace {
  std::size_t task = 0;
  std::int64_t behaviour = 0;
  std::int64_t cell = 0;
  std::int32_t vector = 0, sae = 0;
  std::int64_t most = 0;
};

// One task's share of a behaviour's stored activations: some rows of some
// layers, of which those of the set are wanted.
struct ActivationPiece {
  std::size_t task = 0;  // an extract or a store task
  std::int64_t first_row = 0, n_rows = 0;
  std::vector<std::int32_t> layers;  // of the task's array
};

struct ActivationPlace {
  std::int32_t behaviour = 0;           // row of tables.behaviours
  std::vector<ActivationPiece> pieces;  // rows in order
  storage::ActivationSet set;
};

// One row of tables/norms: what all these tasks say of one layer.
struct NormPlace {
  std::vector<std::size_t> tasks;  // observe tasks; a behaviour's extract tasks
  std::int64_t layer = 0;          // row of their layers
};

// One row of tables/feature_activity: what all these tasks say.
struct ActivityPlace {
  std::vector<std::size_t> tasks;
};

// A sweep, worked out for each of its models in turn: every cell and task, and
// the tables of results.h5 with all that is known before anything is computed.
// A pure function of the sweep file, the headers of what it names, and the
// data: never of workers, memory or time.
struct Plan {
  Sweep sweep;
  std::vector<PlannedModel> models;  // of tables.models
  // Of tables.behaviours: each data set as each of its models is shown it.
  std::vector<jobs::Behaviour> behaviours;
  std::vector<DataEntry> data;  // of each of behaviours
  std::vector<PlannedTask> tasks;
  // By path, as tasks have it.
  std::map<std::string, PlannedSource> sources;

  storage::Results tables;
  std::vector<Place> vectors;         // of tables.vectors
  std::vector<Place> decompositions;  // of tables.decompositions
  std::vector<Place> variants;        // of tables.variants
  std::vector<PropensityPlace> propensity;
  std::vector<std::string>
      notes;                      // what the user should know of model and SAEs
  std::vector<std::size_t> saes;  // decompose task of each of tables.saes
  std::vector<DifferencePlace> differences;
  std::vector<NormPlace> norms;         // of tables.norms
  std::vector<ActivityPlace> activity;  // of tables.activity
  std::vector<ActivationPlace> activations;
};

// Of any array of a plan; 0 for a plan without models.
std::int64_t width_of(const Plan& plan);
// Of one of the plan's models.
const jobs::Architecture& architecture_of(const Plan& plan,
                                          const jobs::ModelSource& source);

// Reads headers and data, and digests from `digests`. Throws ProgramError with
// the exit code of whatever is wrong, before anything is written.
Plan make_plan(const Sweep& sweep, const DigestSource& digests);
// With the digests of the files, which are read whole.
Plan make_plan(const Sweep& sweep);

}  // namespace coxswain::runner
