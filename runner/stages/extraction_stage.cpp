#include "runner/stages/extraction_stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "jobs/task/vector_result.hpp"
#include "runner/plan/memory_budget.hpp"
#include "runner/plan/result_rows.hpp"
#include "runner/stages/sealing.hpp"

namespace coxswain::runner {
namespace {

constexpr std::size_t kPairsPerTask = 16;

// What is taken apart or stood in for is, too, by the activations it was made
// of; and some methods make vectors of nothing else.
bool needs_activations(const Plan& plan) {
  return plan.sweep.keep_activations || !plan.saes.empty() ||
         steers_with_pairs(plan.sweep) ||
         std::ranges::any_of(plan.sweep.vector_methods, [](auto method) {
           return jobs::traits_of(method).rows;
         });
}

jobs::ExtractTask extract_task(const Plan& plan, BehaviourIndex behaviour,
                               std::size_t first, std::size_t n) {
  const auto& train = at(plan.behaviours, behaviour).train;
  const auto& layers = plan.sweep.vector_layers;
  jobs::ExtractTask task;
  task.model = at(plan.models, model_of(plan, behaviour)).source;
  task.layers.assign(layers.begin(), layers.end());
  task.keep_activations = needs_activations(plan);
  for (std::size_t i = first; i < std::min(first + n, train.size()); ++i) {
    task.pairs.push_back(train[i].tokens);
  }
  return task;
}

// As many as the sweep's memory has room for, whichever pairs they are.
std::size_t pairs_per_task(const PlanBuilder& builder,
                           BehaviourIndex behaviour) {
  const Plan& plan = builder.plan();
  const jobs::Architecture& model =
      at(plan.models, model_of(plan, behaviour)).header.architecture;
  const std::size_t all = at(plan.behaviours, behaviour).train.size();
  const auto all_fit = [&](std::size_t most) {
    for (std::size_t first = 0; first < all; first += most) {
      const auto task = extract_task(plan, behaviour, first, most);
      if (!builder.fits(jobs::cost_of(task, model))) return false;
    }
    return true;
  };
  std::size_t most = kPairsPerTask;
  if (!memory_for_tasks(plan)) return most;
  while (most > 1 && !all_fit(most)) most = (most + 1) / 2;
  return most;
}

double dot(const std::vector<double>& a, const std::vector<double>& b,
           std::size_t row, std::size_t width) {
  double sum = 0;
  for (std::size_t i = row * width; i < (row + 1) * width; ++i) {
    sum += a.at(i) * b.at(i);
  }
  return sum;
}

// Of a vector of the user's own at one layer: by its numbers, whatever file
// they are in.
storage::Key key_of_values(const PlannedOwnVector& own, LayerIndex layer,
                           std::int64_t width) {
  const auto n = static_cast<std::size_t>(width) * sizeof(double);
  const auto* bytes = reinterpret_cast<const char*>(own.values.data());
  return storage::key_of({bytes + layer.number() * n, n});
}

// Whether the vector task's method made no vector at one of its layers.
bool failed(jobs::ResultReader& result, std::size_t layer) {
  namespace vector = jobs::vector_result;
  return result.arrays().contains(vector::kAvailable.name) &&
         result.integers(vector::kAvailable).at(layer) == 0;
}

void clear(storage::VectorRow& row) {
  row.norm = row.positive_norm = row.negative_norm =
      row.median_activation_norm = row.letter_norm = row.letter_cosine =
          std::numeric_limits<double>::quiet_NaN();
  row.n_matching_a = row.n_matching_b = -1;
}

// What a vector task says of one of its layers.
void fill(storage::VectorRow& row, jobs::ResultReader& result,
          std::size_t layer, std::size_t width) {
  namespace vector = jobs::vector_result;
  const auto& v = result.doubles(vector::kVector);
  const auto& letter = result.doubles(vector::kLetter);
  const auto norm = [&](const std::vector<double>& of) {
    return std::sqrt(dot(of, of, layer, width));
  };
  row.norm = norm(v);
  row.positive_norm = norm(result.doubles(vector::kPositiveMean));
  row.negative_norm = norm(result.doubles(vector::kNegativeMean));
  row.median_activation_norm = result.doubles(vector::kMedianNorm).at(layer);
  if (row.method != kMeanDifference) {  // no means over letters' pairs
    row.n_matching_a = row.n_matching_b = -1;
    row.letter_norm = row.letter_cosine =
        std::numeric_limits<double>::quiet_NaN();
    return;
  }
  const vector::LetterCounts& letters = result.row(vector::kLetterCounts, 0);
  row.n_matching_a = static_cast<std::int32_t>(letters.a);
  row.n_matching_b = static_cast<std::int32_t>(letters.b);
  row.letter_norm = norm(letter);
  row.letter_cosine =
      dot(v, letter, layer, width) / (row.norm * row.letter_norm);
}

}  // namespace

void ExtractionStage::plan_model(PlanBuilder& builder, ModelIndex model,
                                 const Texts& /*text*/) {
  for (const BehaviourIndex behaviour : behaviours_of(builder.plan(), model)) {
    assert(behaviour.number() == extracted_.size());
    extracted_.push_back({{}, {}, next_row(builder.tables().items)});
    if (imported_ != nullptr) {
      add_import(builder, behaviour);
    } else {
      add_items(builder, behaviour);
      add_extraction(builder, behaviour);
    }
  }
}

void ExtractionStage::add_items(PlanBuilder& builder,
                                BehaviourIndex behaviour) {
  std::int32_t number = 0;
  const auto add = [&](const std::vector<jobs::BehaviourItem>& items,
                       Split split) {
    for (const jobs::BehaviourItem& item : items) {
      builder.tables().items.push_back(
          item_row(behaviour.column(), number++, item, split));
    }
  };
  const jobs::Behaviour& all = at(builder.plan().behaviours, behaviour);
  add(all.train, Split::train);
  add(all.test, Split::test);
}

// The extract tasks of a behaviour's pairs: those of an earlier one, where it
// has the same.
std::vector<TaskIndex> ExtractionStage::add_shards(
    PlanBuilder& builder, BehaviourIndex behaviour) const {
  const Plan& plan = builder.plan();
  const PlannedOwnVector* own = own_vector_of(plan, behaviour);
  if (own != nullptr && own->pairs_of.there()) {
    return at(plan.tasks, vector_task(own->pairs_of)).inputs;
  }
  const auto& train = at(plan.behaviours, behaviour).train;
  const PlannedModel& model = at(plan.models, model_of(plan, behaviour));
  const std::size_t most = pairs_per_task(builder, behaviour);
  std::vector<TaskIndex> shards;
  for (std::size_t first = 0; first < train.size(); first += most) {
    jobs::ExtractTask task = extract_task(plan, behaviour, first, most);
    const auto cost = jobs::cost_of(task, model.header.architecture);
    shards.push_back(builder.add_task(std::move(task), {}, cost));
  }
  return shards;
}

void ExtractionStage::add_extraction(PlanBuilder& builder,
                                     BehaviourIndex behaviour) {
  const Plan& plan = builder.plan();
  const auto& train = at(plan.behaviours, behaviour).train;
  const PlannedModel& model = at(plan.models, model_of(plan, behaviour));
  std::vector<jobs::ContrastTokens> tokens;
  for (const auto& item : train) tokens.push_back(item.tokens);
  add_vectors(builder, behaviour, add_shards(builder, behaviour),
              std::ssize(train),
              fmt::format("model={} pairs={}", model.source.digest,
                          hex(jobs::key_of_reading(tokens))));
}

void ExtractionStage::add_import(PlanBuilder& builder,
                                 BehaviourIndex behaviour) {
  const Plan& plan = builder.plan();
  const PlannedOwnVector* own = own_vector_of(plan, behaviour);
  const std::string& name =
      own == nullptr ? at(plan.data, behaviour).behaviour : own->behaviour;
  const std::int64_t n_pairs = at(plan.behaviours, behaviour).lines;
  const std::string made_of =
      fmt::format("stored={} behaviour={}", imported_->digest, name);
  if (own != nullptr && own->pairs_of.there()) {
    const auto shards = at(plan.tasks, vector_task(own->pairs_of)).inputs;
    add_vectors(builder, behaviour, shards, n_pairs, made_of);
    return;
  }
  const auto& layers = plan.sweep.vector_layers;
  jobs::ImportTask task{imported_->stored.file, imported_->digest, name, {}};
  task.layers.assign(layers.begin(), layers.end());
  const auto cost =
      jobs::cost_of(task, width_of(plan, model_of(plan, behaviour)), n_pairs);
  add_vectors(builder, behaviour, {builder.add_task(std::move(task), {}, cost)},
              n_pairs, made_of);
}

// One vector task of these extract (or import) tasks, and its rows.
void ExtractionStage::add_vectors(PlanBuilder& builder,
                                  BehaviourIndex behaviour,
                                  const std::vector<TaskIndex>& shards,
                                  std::int64_t n_pairs,
                                  const std::string& made_of) {
  const Plan& plan = builder.plan();
  const auto& layers = plan.sweep.vector_layers;
  const PlannedOwnVector* own = own_vector_of(plan, behaviour);
  const std::int64_t d_model = width_of(plan, model_of(plan, behaviour));
  jobs::VectorTask task{std::ssize(layers)};
  if (own != nullptr) {
    task.own = own->values;
    task.method = own->method.value_or(task.method);
  }
  Extracted& extracted = at(extracted_, behaviour);
  extracted.vector_task =
      builder.add_task(task, shards, jobs::cost_of(task, d_model, n_pairs),
                       jobs::traits_of(task.method).rows ? InputBulk::wanted
                                                         : InputBulk::unwanted);
  builder.set_pairs(extracted.vector_task, n_pairs);
  extracted.rows.resize(layers.size());
  std::vector<int> kept = builder.kept(
      LayerAxis{builder.traits_of(behaviour), own ? own->layers : layers});
  // All of those that act together, or a filter would make another variant.
  if (own != nullptr && own->together && !kept.empty()) kept = own->layers;
  for (const int layer : kept) {
    const LayerIndex of_layer = layer_of(plan.sweep, layer);
    at(extracted.rows, of_layer) = next_row(plan.tables.vectors);
    storage::VectorRow row;
    row.model = model_of(plan, behaviour).column();
    row.behaviour = behaviour.column();
    row.layer = layer;
    row.method = kMeanDifference;
    row.n_pairs = static_cast<std::int32_t>(n_pairs);
    row.n_clusters = at(plan.behaviours, behaviour).train_clusters;
    std::string method = "method=0";
    if (own != nullptr && own->method) {
      row.method = vector_method(*own->method);
      method = "method=" + own->entry;
    } else if (own != nullptr) {
      row.method = own_vector_method();
      row.n_pairs = 0;
      row.n_clusters = -1;
      method = "own=" + hex(key_of_values(*own, of_layer, d_model));
    }
    row.cell =
        builder
            .add_cell(CellKind::vector, fmt::format("vector/1 {} layer={} {}",
                                                    made_of, layer, method))
            .column64();
    builder.tables().vectors.push_back(row);
    places_.push_back({extracted.vector_task, of_layer});
  }
}

TaskIndex ExtractionStage::vector_task(BehaviourIndex behaviour) const {
  return at(extracted_, behaviour).vector_task;
}

LayerIndex ExtractionStage::layer_of(const Sweep& sweep, int layer) const {
  const auto found = std::ranges::find(sweep.vector_layers, layer);
  assert(found != sweep.vector_layers.end());
  return LayerIndex(
      static_cast<std::size_t>(found - sweep.vector_layers.begin()));
}

RowOf<storage::VectorRow> ExtractionStage::vector_row(BehaviourIndex behaviour,
                                                      LayerIndex layer) const {
  return at(at(extracted_, behaviour).rows, layer);
}

RowOf<storage::ItemRow> ExtractionStage::first_item(
    BehaviourIndex behaviour) const {
  return at(extracted_, behaviour).first_item;
}

TaskIndex ExtractionStage::task_of(RowOf<storage::VectorRow> row) const {
  return at(places_, row).task;
}

void ExtractionStage::seal(Sealing& sealing) const {
  namespace vector = jobs::vector_result;
  storage::Results& tables = sealing.tables();
  const Plan& plan = sealing.plan();
  const std::size_t n = tables.vectors.size();
  const auto models = storage::models_of(tables.vectors);
  VectorRows vectors(plan, models), positive(plan, models),
      negative(plan, models);
  for (std::size_t i = 0; i < n; ++i) {
    storage::VectorRow& row = tables.vectors[i];
    const auto& [task, layer] = places_[i];
    sealing.mark(row_of<storage::CellRow>(row.cell), task);
    jobs::ResultReader* result = sealing.result(task);
    if (result == nullptr) {
      clear(row);
      continue;
    }
    const std::size_t from = layer.number();
    vectors.put(i, result->doubles(vector::kVector), from);
    positive.put(i, result->doubles(vector::kPositiveMean), from);
    negative.put(i, result->doubles(vector::kNegativeMean), from);
    if (failed(*result, from)) {
      sealing.mark(row_of<storage::CellRow>(row.cell), CellState::quarantined,
                   Reason::method_failed);
    }
    fill(row, *result, from,
         static_cast<std::size_t>(
             width_of(plan, ModelIndex(static_cast<std::size_t>(row.model)))));
  }
  vectors.keep("vectors", tables.arrays);
  positive.keep("positive_mean", tables.arrays);
  negative.keep("negative_mean", tables.arrays);
}

std::int64_t ExtractionStage::result_bytes(const Plan& plan) const {
  return 3 * (kDatasetBytes + 4 * std::ssize(places_) * widest_of(plan));
}

}  // namespace coxswain::runner
