#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "jobs/task/activity_task.hpp"
#include "jobs/task/contrast_tokens.hpp"
#include "jobs/task/decompose_task.hpp"
#include "jobs/task/evaluate_task.hpp"
#include "jobs/task/extract_task.hpp"
#include "jobs/task/features_task.hpp"
#include "jobs/task/import_task.hpp"
#include "jobs/task/kind_traits.hpp"
#include "jobs/task/model_source.hpp"
#include "jobs/task/observe_task.hpp"
#include "jobs/task/pair_cluster.hpp"
#include "jobs/task/sae_source.hpp"
#include "jobs/task/sign_null_task.hpp"
#include "jobs/task/store_task.hpp"
#include "jobs/task/variants_task.hpp"
#include "jobs/task/vector_task.hpp"
#include "storage/files/digest.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::jobs {

// What a worker leases: plain data that says all a task needs, with token ids
// instead of texts, so that a worker reads nothing but weights. The results
// of the tasks it depends on come beside it, in the order the plan names them.
// A new kind is the last.
using Task = std::variant<ExtractTask, VectorTask, DecomposeTask, VariantsTask,
                          EvaluateTask, ImportTask, StoreTask, ObserveTask,
                          ActivityTask, SignNullTask, FeaturesTask>;

inline TaskKind kind_of(const Task& task) {
  return static_cast<TaskKind>(task.index());
}
const char* name_of(TaskKind kind);
// In the order of the work of a sweep.
std::span<const TaskKind> kinds_in_order();
bool is_timed(TaskKind kind);
bool is_clean_passes(TaskKind kind);

// What a worker has to have loaded for a task; null: nothing.
struct TaskLoads {
  const ModelSource* model = nullptr;
  const SaeSource* sae = nullptr;
};
TaskLoads loads_of(const Task& task);

// What a task gives back. Small arrays travel to the coordinator and into the
// journal; bulk goes to the worker's shard.
struct TaskOutput {
  storage::ArrayMap result;
  storage::ArrayMap bulk;
};

// The hash of all that determines the task's result: its own fields (digests,
// never paths), the keys of the tasks it depends on, the numeric policy and
// the version of its kind.
storage::Key key_of(const Task& task, std::span<const storage::Key> inputs,
                    std::int64_t threads);

// Hashes of what the model is shown, for the keys of cells: the pairs that a
// vector is read from, and an item with where it is steered.
storage::Key key_of_reading(std::span<const ContrastTokens> pairs);
storage::Key key_of_steering(const ContrastTokens& item);
// Of which clusters pairs are, whatever these are numbered.
storage::Key key_of_clusters(std::span<const PairCluster> clusters);
storage::Key key_of_texts(std::span<const std::vector<std::int32_t>> texts);

}  // namespace coxswain::jobs
