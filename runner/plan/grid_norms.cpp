#include "runner/plan/grid.hpp"

namespace coxswain::runner {
namespace {

// A constant of the version, since it decides which rows share a product.
constexpr std::size_t kTokensPerTask = 8192;

using Texts = std::vector<std::vector<std::int32_t>>;

}  // namespace

std::vector<Texts> texts_of_tasks(const Texts& texts,
                                  std::size_t tokens_per_task) {
  std::vector<Texts> tasks;
  std::size_t tokens = 0;
  for (const auto& text : texts) {
    if (tasks.empty() || tokens + text.size() > tokens_per_task) {
      tasks.emplace_back();
      tokens = 0;
    }
    tokens += text.size();
    tasks.back().push_back(text);
  }
  return tasks;
}

std::vector<std::size_t> Grid::add_observe_tasks(
    const std::vector<std::vector<std::int32_t>>& texts,
    const std::vector<std::int32_t>& layers) {
  const PlannedModel& model = plan_.models.back();
  std::vector<std::size_t> tasks;
  for (auto& some : texts_of_tasks(texts, kTokensPerTask)) {
    jobs::ObserveTask task{model.source, std::move(some), layers};
    const auto cost = jobs::cost_of(task, model.header.architecture);
    tasks.push_back(add_task(std::move(task), {}, cost));
  }
  return tasks;
}

void Grid::add_norm_row(storage::NormRow row, NormSource source,
                        NormExclusion excluded, NormPlace place) {
  row.source = static_cast<std::int32_t>(source);
  row.excluded = static_cast<std::int32_t>(excluded);
  plan_.tables.norms.push_back(row);
  plan_.norms.push_back(std::move(place));
}

void Grid::add_reference_text(
    const std::vector<std::vector<std::int32_t>>& texts) {
  const std::size_t model = plan_.models.size() - 1;
  texts_[model] = texts;
  std::vector<std::int32_t> layers;
  CellTraits traits;
  traits.model = model_id(model);
  for (const int layer : plan_.sweep.observe.layers) {
    traits.layer = layer;
    if (selection_.keeps(traits)) layers.push_back(layer);
  }
  if (layers.empty()) return;
  const auto tasks = add_observe_tasks(texts, layers);
  const std::string made_of =
      "norms/1 model=" + plan_.models[model].source.digest +
      " texts=" + hex(jobs::key_of_texts(texts));
  for (std::size_t i = 0; i < layers.size(); ++i) {
    storage::NormRow row;
    row.model = static_cast<std::int32_t>(model);
    row.layer = layers[i];
    row.cell =
        add_cell(cell_key(made_of + " layer=" + std::to_string(layers[i])),
                 static_cast<std::uint8_t>(CellKind::norms));
    for (const auto excluded :
         {NormExclusion::none, NormExclusion::first, NormExclusion::sinks}) {
      add_norm_row(row, NormSource::reference, excluded,
                   {tasks, static_cast<std::int64_t>(i)});
    }
  }
}

// Of what a behaviour's vectors are made of; in the vectors' own cells.
void Grid::add_pair_norms(std::size_t behaviour) {
  for (std::size_t i = 0; i < plan_.tables.vectors.size(); ++i) {
    const storage::VectorRow& vector = plan_.tables.vectors[i];
    if (vector.behaviour != static_cast<std::int32_t>(behaviour)) continue;
    storage::NormRow row;
    row.cell = vector.cell;
    row.model = vector.model;
    row.behaviour = vector.behaviour;
    row.layer = vector.layer;
    const NormPlace place{plan_.tasks[plan_.vectors[i].task].inputs,
                          layer_row(vector.layer)};
    add_norm_row(row, NormSource::positive, NormExclusion::none, place);
    add_norm_row(row, NormSource::negative, NormExclusion::none, place);
  }
}

}  // namespace coxswain::runner
