#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "jobs/cost/task_cost.hpp"
#include "jobs/model/model_file.hpp"
#include "jobs/steering/behaviour.hpp"
#include "jobs/task/task.hpp"
#include "runner/plan/cells.hpp"
#include "runner/plan/ids.hpp"
#include "runner/sweep/sweep.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::runner {

class Stage;

using ModelIndex = RowOf<storage::ModelRow>;
using SaeIndex = RowOf<storage::SaeRow>;
using BehaviourIndex = RowOf<storage::BehaviourRow>;

// Whether a task reads what its inputs left in shards (of those that left
// something there: nothing else of them).
enum class InputBulk : std::uint8_t { unwanted, wanted };

// A task of a plan, with what scheduling and the bill need of it.
struct PlannedTask {
  jobs::Task task;
  std::vector<TaskIndex> inputs;  // tasks it depends on, earlier in the plan
  InputBulk input_bulk = InputBulk::unwanted;
  storage::Key key;
  double flops = 0;        // of its products, for progress and schedules
  jobs::TaskSize size;     // for the bill
  std::int64_t pairs = 0;  // that the vectors of a vector task are made of
};

// A model or an SAE that tasks load.
struct PlannedSource {
  std::int64_t file_bytes = 0;    // that loading it reads
  std::int64_t memory_bytes = 0;  // while it is loaded
};

// A row of tables/models, and the file that it is of.
struct PlannedModel {
  ModelEntry entry;
  jobs::ModelSource source;  // as tasks have it
  jobs::ModelHeader header;
  // Its rows of tables/behaviours, which are consecutive.
  std::size_t first_behaviour = 0, n_behaviours = 0;
};

// A row of tables/saes, and the files that it is of.
struct PlannedSae {
  SaeEntry entry;
  ModelIndex model;
  jobs::SaeSource source;
  jobs::SaeHeader header;
};

// A vector on the items of a behaviour that is not the mean difference of its
// pairs: one of the user's own, or one that another method makes of them. It is
// a row of tables/behaviours of its own.
struct PlannedOwnVector {
  std::string entry;        // name of its [[vector_file]], or of the method
  BehaviourIndex pairs_of;  // an earlier one of the same pairs; or none
  std::vector<int> layers;  // of the sweep's
  // For a VectorTask: [layers of the sweep, d_model], zeros where it has none.
  // Empty for a method's.
  std::vector<double> values = {};
  std::optional<jobs::VectorMethod> method = {};  // none: it is from a file
  std::string behaviour = {};  // whose pairs a method's vector is made of
  bool together = false;       // all layers act at once
};

// A sweep, worked out for each of its models in turn: every cell and task, and
// the tables of results.h5 with all that is known before anything is computed.
// A pure function of the sweep file, the headers of what it names, and the
// data: never of workers, memory or time. make_plan() of runner/stages makes
// it; where results belong is known to its stages alone.
struct Plan {
  Sweep sweep;
  std::vector<PlannedModel> models;  // of tables.models
  std::vector<PlannedSae> saes;      // of tables.saes
  // Of tables.behaviours: each data set as each of its models is shown it.
  std::vector<jobs::Behaviour> behaviours;
  std::vector<DataEntry> data;  // of each of behaviours
  std::map<BehaviourIndex, PlannedOwnVector> own_vectors;
  std::vector<PlannedTask> tasks;
  // By path, as tasks have it.
  std::map<std::string, PlannedSource> sources;
  std::vector<std::string> notes;  // what the user should know of inputs

  Cells cells;
  // With one row a model, SAE, behaviour, item, vector, decomposition, variant:
  // tables/cells and tables/propensity are made when they are written.
  storage::Results tables;
  // In the order in which they are sealed.
  std::vector<std::shared_ptr<const Stage>> stages;
};

// d_model: of a model, and of the widest; 0 for a plan without models.
std::int64_t width_of(const Plan& plan, ModelIndex model);
std::int64_t widest_of(const Plan& plan);
// Of one of the plan's models.
const jobs::Architecture& architecture_of(const Plan& plan,
                                          const jobs::ModelSource& source);
// The model that a behaviour is shown to.
ModelIndex model_of(const Plan& plan, BehaviourIndex behaviour);
// All of a model, or of the plan.
std::vector<BehaviourIndex> behaviours_of(const Plan& plan, ModelIndex model);
std::vector<BehaviourIndex> behaviours_of(const Plan& plan);
// Those whose vectors are the mean differences of their pairs.
std::vector<BehaviourIndex> paired_behaviours_of(const Plan& plan,
                                                 ModelIndex model);
std::vector<BehaviourIndex> paired_behaviours_of(const Plan& plan);
// Whether the vector of `one` is another behaviour's than that of `of`, so that
// it stands in as `other`: only mean differences do.
bool is_other(const Plan& plan, BehaviourIndex of, BehaviourIndex one);
// Null for the mean difference of its pairs.
const PlannedOwnVector* own_vector_of(const Plan& plan,
                                      BehaviourIndex behaviour);
// Whether its pairs are not told of with it: they are those of another
// behaviour, or none that its vector is made of.
bool is_of_told_pairs(const Plan& plan, BehaviourIndex behaviour);

}  // namespace coxswain::runner
