#include "runner/plan/grid.hpp"
#include "runner/sweep/sweep_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runner/base/exit_code.hpp"
#include "runner/plan/memory_budget.hpp"
#include "runner/plan/names.hpp"
#include "runner/plan/result_rows.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

// Sizes of tasks: constants of the version, since they decide which rows share
// a product.
constexpr std::size_t kPairsPerTask = 16;

template <class T>
std::int32_t count32(const std::vector<T>& values) {
  return static_cast<std::int32_t>(values.size());
}

}  // namespace

Grid::Grid(Plan& plan)
    : plan_(plan), selection_(plan.sweep.only, plan.sweep.exclusions) {
  plan_.tables.names = enumerations();
  plan_.tables.facts.sweep = plan.sweep.effective;
  plan_.tables.facts.sweep_digest = storage::sha256(plan.sweep.effective);
  plan_.tables.facts.compute_dtype = name_of(plan.sweep.compute);
  plan_.tables.facts.threads = plan.sweep.threads;
  plan_.tables.facts.seed = plan.sweep.seed;
  plan_.tables.facts.program_version = COXSWAIN_VERSION;
}

bool Grid::wants(const ModelEntry& model,
                 const std::vector<std::string>& behaviours) {
  bool any = false;
  for (const std::string& behaviour : behaviours) {
    any = keeps_any_layer(model.id, behaviour) || any;
  }
  return any;
}

std::string Grid::add_model(const ModelEntry& entry,
                            const jobs::ModelHeader& header,
                            const jobs::ModelSource& source) {
  for (std::size_t i = 0; i < plan_.models.size(); ++i) {
    if (plan_.models[i].source.digest == source.digest &&
        plan_.models[i].entry.prompt == entry.prompt) {
      return plan_.models[i].entry.id;
    }
  }
  plan_.models.push_back({entry, source, header, plan_.behaviours.size(), 0});
  texts_.emplace_back();
  plan_.tables.models.push_back(
      model_row(count32(plan_.tables.models), plan_.models.back()));
  return {};
}

std::size_t Grid::model_of(std::size_t behaviour) const {
  std::size_t model = 0;
  while (behaviour >= plan_.models[model].first_behaviour +
                          plan_.models[model].n_behaviours) {
    ++model;
  }
  return model;
}

const std::string& Grid::model_id(std::size_t model) const {
  return plan_.models[model].entry.id;
}

bool Grid::wants(const SaeEntry& entry) {
  CellTraits traits;
  traits.model = model_id(plan_.models.size() - 1);
  traits.sae = entry.id;
  traits.layer = entry.layer;
  return selection_.keeps(traits);
}

std::string Grid::add_sae(const SaeEntry& entry, const jobs::SaeSource& source,
                          const jobs::SaeHeader& header) {
  const std::size_t model = plan_.models.size() - 1;
  for (PlannedSae& one : saes_) {
    if (one.model != model || one.source.digest != source.digest ||
        one.source.facts != source.facts || one.entry.layer != entry.layer ||
        one.entry.any_fit != entry.any_fit) {
      continue;
    }
    for (const BDecInput convention : entry.b_dec_input) {
      if (std::ranges::count(one.entry.b_dec_input, convention) == 0) {
        one.entry.b_dec_input.push_back(convention);
      }
    }
    return one.entry.id;
  }
  plan_.tables.saes.push_back(sae_row(count32(plan_.tables.saes),
                                      static_cast<std::int32_t>(model), entry,
                                      header, source.digest));
  PlannedSae sae;
  sae.entry = entry;
  sae.model = model;
  sae.source = source;
  sae.header = header;
  saes_.push_back(std::move(sae));
  return {};
}

std::size_t Grid::add_task(jobs::Task task, std::vector<std::size_t> inputs,
                           const jobs::TaskCost& cost, InputBulk bulk) {
  std::vector<storage::Key> keys;
  for (const std::size_t input : inputs) {
    keys.push_back(plan_.tasks[input].key);
  }
  const storage::Key key = jobs::key_of(task, keys, plan_.sweep.threads);
  plan_.tasks.push_back(
      {std::move(task), std::move(inputs), bulk, key, cost.flops, cost.size});
  return plan_.tasks.size() - 1;
}

// Everything that determines a cell: what the caller says (digests and rules,
// never paths or the rest of the sweep, so that a grown sweep finds its cells
// again) and the numeric policy.
storage::Key Grid::cell_key(const std::string& description) const {
  return storage::key_of(fmt::format("{} threads={} {}",
                                     name_of(plan_.sweep.compute),
                                     plan_.sweep.threads, description));
}

std::int64_t Grid::add_cell(const storage::Key& key, std::uint8_t kind) {
  storage::CellRow row;
  row.key_high = key.high;
  row.key_low = key.low;
  row.kind = kind;
  row.state = static_cast<std::uint8_t>(CellState::missing);
  plan_.tables.cells.push_back(row);
  return std::ssize(plan_.tables.cells) - 1;
}

std::int32_t Grid::layer_row(int layer) const {
  const auto& layers = plan_.sweep.vector_layers;
  return static_cast<std::int32_t>(std::ranges::find(layers, layer) -
                                   layers.begin());
}

std::int32_t Grid::vector_row(std::int32_t behaviour, int layer) const {
  return vector_rows_[static_cast<std::size_t>(behaviour)]
                     [static_cast<std::size_t>(layer_row(layer))];
}

bool Grid::wants_vector(std::int32_t behaviour, int layer) const {
  return vector_row(behaviour, layer) >= 0;
}

CellTraits Grid::traits_of(std::size_t behaviour, int layer) const {
  CellTraits traits;
  traits.model = model_id(model_of(behaviour));
  traits.behaviour = plan_.data[behaviour].behaviour;
  traits.layer = layer;
  return traits;
}

bool Grid::keeps_any_layer(const std::string& model,
                           const std::string& behaviour) {
  bool any = false;
  CellTraits traits;
  traits.model = model;
  traits.behaviour = behaviour;
  for (const int layer : plan_.sweep.vector_layers) {
    traits.layer = layer;
    any = selection_.keeps(traits) || any;
  }
  return any;
}

storage::Key Grid::control_key(jobs::Control control, std::int32_t vector,
                               int seed) const {
  return cell_key(fmt::format(
      "control/1 {} control={} seed={}/{}",
      cell_name(plan_.tables.vectors[static_cast<std::size_t>(vector)].cell),
      jobs::name_of(control), plan_.sweep.seed, seed));
}

std::string Grid::cell_name(std::int64_t cell) const {
  const storage::CellRow& row =
      plan_.tables.cells[static_cast<std::size_t>(cell)];
  return hex(storage::Key{row.key_high, row.key_low});
}

std::string Grid::add_behaviour(const DataEntry& data,
                                jobs::Behaviour behaviour,
                                const std::string& digest) {
  if (!keeps_any_layer(plan_.models.back().entry.id, data.behaviour)) return {};
  PlannedModel& model = plan_.models.back();
  for (std::size_t i = model.first_behaviour; i < plan_.data.size(); ++i) {
    DataEntry renamed = plan_.data[i];
    renamed.behaviour = data.behaviour;
    renamed.source = data.source;
    if (renamed == data && plan_.tables.behaviours[i].digest.str() == digest) {
      return plan_.data[i].behaviour;
    }
  }
  plan_.tables.behaviours.push_back(
      behaviour_row(count32(plan_.tables.behaviours), data, behaviour, digest));
  plan_.data.push_back(data);
  plan_.behaviours.push_back(std::move(behaviour));
  ++model.n_behaviours;
  const std::size_t index = plan_.behaviours.size() - 1;
  add_items(index);
  add_extraction(index);
  return {};
}

void Grid::add_items(std::size_t behaviour) {
  first_item_row_.push_back(std::ssize(plan_.tables.items));
  std::int32_t number = 0;
  const auto add = [&](const jobs::BehaviourItem& item, Split split) {
    plan_.tables.items.push_back(
        item_row(static_cast<std::int32_t>(behaviour), number++, item, split));
  };
  for (const auto& item : plan_.behaviours[behaviour].train) {
    add(item, Split::train);
  }
  for (const auto& item : plan_.behaviours[behaviour].test) {
    add(item, Split::test);
  }
}

// What is taken apart or stood in for is, too, by the activations it was made
// of.
bool Grid::needs_activations() const {
  return plan_.sweep.keep_activations || !saes_.empty() || steers_with_pairs();
}

bool Grid::steers_with_pairs() const {
  return std::ranges::any_of(plan_.sweep.steer.variants, jobs::needs_pairs) ||
         wants(jobs::VariantSource::resampled);
}

// In A/B data a cluster is a question, and stays within its matching letter
// where it has one order alone.
std::vector<jobs::PairCluster> Grid::clusters_of(std::size_t behaviour) const {
  const bool both_orders =
      plan_.data[behaviour].letters == jobs::Letters::counterbalanced;
  std::vector<jobs::PairCluster> clusters;
  for (const jobs::BehaviourItem& item : plan_.behaviours[behaviour].train) {
    clusters.push_back(
        {item.cluster, both_orders ? 0 : item.tokens.letter_sign});
  }
  return clusters;
}

bool Grid::fits(const jobs::TaskCost& cost) const {
  const auto memory = memory_for_tasks(plan_);
  return !memory || cost.size.memory_bytes <= *memory;
}

jobs::ExtractTask Grid::extract_task(std::size_t behaviour, std::size_t first,
                                     std::size_t n) const {
  const Sweep& sweep = plan_.sweep;
  const auto& train = plan_.behaviours[behaviour].train;
  jobs::ExtractTask task;
  task.model = plan_.models[model_of(behaviour)].source;
  task.layers.assign(sweep.vector_layers.begin(), sweep.vector_layers.end());
  task.keep_activations = needs_activations();
  for (std::size_t i = first; i < std::min(first + n, train.size()); ++i) {
    task.pairs.push_back(train[i].tokens);
  }
  return task;
}

// As many as the sweep's memory has room for, whichever pairs they are.
std::size_t Grid::pairs_per_task(std::size_t behaviour) const {
  const jobs::Architecture& model =
      plan_.models[model_of(behaviour)].header.architecture;
  const std::size_t all = plan_.behaviours[behaviour].train.size();
  const auto all_fit = [&](std::size_t most) {
    for (std::size_t first = 0; first < all; first += most) {
      if (!fits(jobs::cost_of(extract_task(behaviour, first, most), model))) {
        return false;
      }
    }
    return true;
  };
  std::size_t most = kPairsPerTask;
  if (!memory_for_tasks(plan_)) return most;
  while (most > 1 && !all_fit(most)) most = (most + 1) / 2;
  return most;
}

void Grid::add_extraction(std::size_t behaviour) {
  const auto& train = plan_.behaviours[behaviour].train;
  const std::size_t model = model_of(behaviour);
  const std::size_t most = pairs_per_task(behaviour);
  std::vector<std::size_t> shards;
  for (std::size_t first = 0; first < train.size(); first += most) {
    jobs::ExtractTask task = extract_task(behaviour, first, most);
    const auto cost =
        jobs::cost_of(task, plan_.models[model].header.architecture);
    shards.push_back(add_task(std::move(task), {}, cost));
  }
  std::vector<jobs::ContrastTokens> tokens;
  for (const auto& item : train) tokens.push_back(item.tokens);
  add_vectors(
      behaviour, shards, count32(train),
      fmt::format("model={} pairs={}", plan_.models[model].source.digest,
                  hex(jobs::key_of_reading(tokens))));
}

// One vector task of these extract (or import) tasks, and its rows.
void Grid::add_vectors(std::size_t behaviour,
                       const std::vector<std::size_t>& shards,
                       std::int32_t n_pairs, const std::string& made_of) {
  const Sweep& sweep = plan_.sweep;
  const auto n_layers = std::ssize(sweep.vector_layers);
  const jobs::VectorTask task{n_layers};
  vector_tasks_.push_back(
      add_task(task, shards, jobs::cost_of(task, width_of(plan_), n_pairs)));
  vector_rows_.emplace_back(sweep.vector_layers.size(), -1);
  for (std::int64_t i = 0; i < n_layers; ++i) {
    const int layer = sweep.vector_layers[static_cast<std::size_t>(i)];
    if (!selection_.keeps(traits_of(behaviour, layer))) continue;
    vector_rows_.back()[static_cast<std::size_t>(i)] =
        count32(plan_.tables.vectors);
    storage::VectorRow row;
    row.model = static_cast<std::int32_t>(model_of(behaviour));
    row.behaviour = static_cast<std::int32_t>(behaviour);
    row.layer = layer;
    row.method = kMeanDifference;
    row.n_pairs = n_pairs;
    row.cell = add_cell(cell_key(fmt::format("vector/1 {} layer={} method=0",
                                             made_of, row.layer)),
                        static_cast<std::uint8_t>(CellKind::vector));
    plan_.tables.vectors.push_back(row);
    plan_.vectors.push_back({vector_tasks_.back(), i});
  }
}

// Of which its vectors are made.
std::int64_t Grid::pairs_of(std::size_t vector_task) const {
  for (std::size_t i = 0; i < plan_.vectors.size(); ++i) {
    if (plan_.vectors[i].task == vector_task) {
      return plan_.tables.vectors[i].n_pairs;
    }
  }
  return 0;
}

void Grid::add_stored(const storage::StoredActivations& stored,
                      const std::string& digest) {
  for (const auto& behaviour : stored.behaviours) {
    if (!keeps_any_layer(plan_.models.back().entry.id, behaviour.name))
      continue;
    const std::size_t index = plan_.data.size();
    DataEntry data;
    data.behaviour = behaviour.name;
    jobs::Behaviour empty;
    empty.lines = static_cast<int>(behaviour.n_pairs);
    plan_.tables.behaviours.push_back(
        behaviour_row(static_cast<std::int32_t>(index), data, empty, digest));
    plan_.tables.behaviours.back().train =
        static_cast<std::int32_t>(behaviour.n_pairs);
    plan_.behaviours.push_back(std::move(empty));
    ++plan_.models.back().n_behaviours;
    plan_.data.push_back(data);
    first_item_row_.push_back(std::ssize(plan_.tables.items));
    jobs::ImportTask task{stored.file, digest, behaviour.name, {}};
    task.layers.assign(plan_.sweep.vector_layers.begin(),
                       plan_.sweep.vector_layers.end());
    const auto cost = jobs::cost_of(task, width_of(plan_), behaviour.n_pairs);
    add_vectors(index, {add_task(std::move(task), {}, cost)},
                static_cast<std::int32_t>(behaviour.n_pairs),
                fmt::format("stored={} behaviour={}", digest, behaviour.name));
  }
}

void Grid::add_variants(std::size_t behaviour) {
  variant_rows_.emplace_back();
  steered_.emplace_back();
  std::vector<std::size_t> inputs{vector_tasks_[behaviour]};
  jobs::VariantsTask task;
  task.model = plan_.models[model_of(behaviour)].source;
  if (steers_with_pairs()) {
    const auto& extracts = plan_.tasks[vector_tasks_[behaviour]].inputs;
    task.n_extracts = count32(extracts);
    inputs.insert(inputs.end(), extracts.begin(), extracts.end());
  }
  if (wants(jobs::VariantSource::resampled)) {
    task.clusters = clusters_of(behaviour);
  }
  if (std::ranges::count(plan_.sweep.steer.doses,
                         jobs::DoseRule::behaviour_mean) > 0) {
    const PlannedModel& model = plan_.models[model_of(behaviour)];
    for (std::size_t i = 0; i < model.n_behaviours; ++i) {
      task.behaviours.push_back(count32(inputs));
      inputs.push_back(vector_tasks_[model.first_behaviour + i]);
    }
  }
  task.requests = variant_requests(behaviour, inputs);
  const auto n = std::ssize(task.requests);
  if (n == 0) return;  // none of the sweep's variants applies here
  const auto cost =
      jobs::cost_of(task, width_of(plan_), pairs_of(vector_tasks_[behaviour]));
  const std::size_t index =
      add_task(std::move(task), inputs, cost, InputBulk::wanted);
  for (std::int64_t i = 0; i < n; ++i) plan_.variants.push_back({index, i});
  add_evaluation(behaviour, index);
}

void Grid::finish() {
  for (PlannedSae& sae : saes_) add_decompositions(sae);
  for (std::size_t b = 0; b < plan_.data.size(); ++b) add_variants(b);
  for (std::size_t b = 0; b < plan_.data.size(); ++b) add_pair_norms(b);
  for (const PlannedSae& sae : saes_) add_activity(sae);
  add_activation_cells();
  check_memory(plan_);
  if (const CellChoice* idle = selection_.unmatched()) {
    throw ProgramError(
        ExitCode::bad_sweep,
        storage::Fault{idle->where, "exclude", "nothing that it takes out",
                       "cells of the sweep that have all its values", ""});
  }
  if (plan_.tables.cells.empty()) {
    throw ProgramError(
        ExitCode::bad_sweep,
        storage::Fault{plan_.sweep.path, "", "no cell that is left",
                       "fewer exclusions, or a wider --only", ""});
  }
}

}  // namespace coxswain::runner
