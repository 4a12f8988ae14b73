#include <algorithm>

#include "runner/plan/grid.hpp"

namespace coxswain::runner {
namespace {

// A constant of the version, since it decides which rows share a product.
// Large, since a result has five numbers a feature.
constexpr std::size_t kTokensPerTask = 65536;

using Texts = std::vector<std::vector<std::int32_t>>;

}  // namespace

void Grid::add_activity(const PlannedSae& sae) {
  const Texts& texts = texts_[sae.model];
  if (texts.empty()) return;
  add_text_activity(sae, texts);
  for (std::size_t b = 0; b < plan_.data.size(); ++b) {
    if (model_of(b) == sae.model &&
        wants_vector(static_cast<std::int32_t>(b), sae.entry.layer)) {
      add_pair_activity(sae, b);
    }
  }
}

void Grid::add_text_activity(const PlannedSae& sae, const Texts& texts) {
  const PlannedModel& model = plan_.models[sae.model];
  CellTraits traits;
  traits.model = model.entry.id;
  traits.sae = sae.entry.id;
  traits.layer = sae.entry.layer;
  if (!selection_.keeps(traits)) return;
  const ObserveEntry& observe = plan_.sweep.observe;
  std::vector<std::size_t> tasks;
  for (Texts& some : texts_of_tasks(texts, kTokensPerTask)) {
    jobs::ActivityTask task{model.source,          sae.source,
                            std::move(some),       sae.entry.layer,
                            observe.without_sinks, observe.contexts};
    const auto cost =
        jobs::cost_of(task, model.header.architecture, sae.header.d_sae, 0);
    tasks.push_back(add_task(std::move(task), {}, cost));
  }
  std::string made_of = "model=" + model.source.digest +
                        " texts=" + hex(jobs::key_of_texts(texts));
  if (observe.contexts > 0) {
    made_of += " contexts=" + std::to_string(observe.contexts);
  }
  std::vector<NormExclusion> rows{NormExclusion::none, NormExclusion::first};
  if (observe.without_sinks) {
    made_of += " exclude=sinks";
    rows.push_back(NormExclusion::sinks);
  }
  storage::ActivityRow row = activity_row(sae, made_of);
  for (const NormExclusion excluded : rows) {
    row.excluded = static_cast<std::int32_t>(excluded);
    add_activity_row(row, NormSource::reference, tasks);
  }
}

// Of what a behaviour's vectors are made of.
void Grid::add_pair_activity(const PlannedSae& sae, std::size_t behaviour) {
  const std::vector<std::size_t>& extracts =
      plan_.tasks[vector_tasks_[behaviour]].inputs;
  jobs::ActivityTask task{{}, sae.source, {}, layer_row(sae.entry.layer)};
  const auto cost =
      jobs::cost_of(task, plan_.models[sae.model].header.architecture,
                    sae.header.d_sae, pairs_of(vector_tasks_[behaviour]));
  const std::vector<std::size_t> tasks{
      add_task(std::move(task), extracts, cost, InputBulk::wanted)};
  const std::int32_t vector =
      vector_row(static_cast<std::int32_t>(behaviour), sae.entry.layer);
  storage::ActivityRow row = activity_row(
      sae,
      "vector=" +
          cell_name(
              plan_.tables.vectors[static_cast<std::size_t>(vector)].cell));
  row.behaviour = static_cast<std::int32_t>(behaviour);
  add_activity_row(row, NormSource::positive, tasks);
  add_activity_row(row, NormSource::negative, tasks);
}

storage::ActivityRow Grid::activity_row(const PlannedSae& sae,
                                        const std::string& made_of) {
  storage::ActivityRow row;
  row.cell = add_cell(
      cell_key("activity/1 " + made_of + " sae=" + sae.source.digest + " " +
               sae.source.facts + " layer=" + std::to_string(sae.entry.layer)),
      static_cast<std::uint8_t>(CellKind::activity));
  row.model = static_cast<std::int32_t>(sae.model);
  row.sae = static_cast<std::int32_t>(&sae - saes_.data());
  return row;
}

void Grid::add_activity_row(storage::ActivityRow row, NormSource source,
                            const std::vector<std::size_t>& tasks) {
  row.source = static_cast<std::int32_t>(source);
  plan_.tables.activity.push_back(row);
  plan_.activity.push_back({tasks});
}

}  // namespace coxswain::runner
