#include "runner/stages/norms_stage.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "jobs/observation/norm_histogram.hpp"
#include "jobs/task/extract_result.hpp"
#include "runner/stages/sealing.hpp"
#include "runner/stages/texts_of_tasks.hpp"

namespace coxswain::runner {
namespace {

using jobs::NormHistogram;

constexpr std::size_t kTokensPerTask = 8192;

// Of one layer: texts' first tokens and the others, or x+ and x-.
using Halves = std::array<NormHistogram, 2>;

// Norms [n_pairs, 2, n_layers] of an extract task.
void add_pairs(jobs::ResultReader& result, std::vector<Halves>& layers) {
  namespace extract = jobs::extract_result;
  const auto& norms = result.doubles(extract::kNorms);
  const auto n =
      static_cast<std::size_t>(result.array(extract::kNorms).shape.at(2));
  layers.resize(n);
  for (std::size_t i = 0; i < norms.size(); ++i) {
    layers[i % n][i / n % 2].add(norms[i]);
  }
}

void add_observed(const jobs::ResultReader& result,
                  std::vector<Halves>& layers) {
  const auto histograms = jobs::to_histograms(result.arrays(), "observe");
  layers.resize(histograms.size() / 2);
  for (std::size_t i = 0; i < histograms.size(); ++i) {
    layers[i / 2][i % 2].add(histograms[i]);
  }
}

// What all of them say, by layer; nothing if one is missing.
std::optional<std::vector<Halves>> collect(const std::vector<TaskIndex>& tasks,
                                           bool observed, Sealing& sealing) {
  std::vector<Halves> layers;
  for (const TaskIndex task : tasks) {
    jobs::ResultReader* one = sealing.result(task);
    if (one == nullptr) return std::nullopt;
    observed ? add_observed(*one, layers) : add_pairs(*one, layers);
  }
  return layers;
}

NormHistogram chosen(const Halves& halves, const storage::NormRow& row) {
  switch (static_cast<NormSource>(row.source)) {
    case NormSource::positive:
      return halves[0];
    case NormSource::negative:
      return halves[1];
    case NormSource::reference:
      break;
  }
  const auto excluded = static_cast<NormExclusion>(row.excluded);
  if (excluded == NormExclusion::first) return halves[1];
  NormHistogram all = halves[0];
  all.add(halves[1]);
  return excluded == NormExclusion::none ? all : jobs::without_sinks(all);
}

// The arrays beside tables/norms, row after row.
class Arrays {
 public:
  void add(const NormHistogram& norms) {
    for (const double share : storage::kNormQuantiles) {
      quantiles_.push_back(norms.quantile(share));
    }
    for (const auto& [number, bin] : norms.bins()) {
      lower_.push_back(NormHistogram::lower_edge(number));
      upper_.push_back(NormHistogram::lower_edge(number + 1));
      counts_.push_back(bin.count);
    }
    offsets_.push_back(std::ssize(counts_));
  }

  void keep(storage::ArrayMap& arrays) const {
    const auto numbers = [](const std::vector<double>& values) {
      return storage::make_array(std::span<const double>(values),
                                 {std::ssize(values)});
    };
    const auto integers = [](const std::vector<std::int64_t>& values) {
      return storage::make_array(std::span<const std::int64_t>(values),
                                 {std::ssize(values)});
    };
    arrays["norm_quantiles"] = storage::make_array(
        std::span<const double>(quantiles_),
        {std::ssize(offsets_) - 1, std::ssize(storage::kNormQuantiles)});
    arrays["norm_histograms/offsets"] = integers(offsets_);
    arrays["norm_histograms/lower"] = numbers(lower_);
    arrays["norm_histograms/upper"] = numbers(upper_);
    arrays["norm_histograms/counts"] = integers(counts_);
  }

 private:
  std::vector<double> quantiles_, lower_, upper_;
  std::vector<std::int64_t> offsets_{0}, counts_;
};

}  // namespace

void NormsStage::plan_model(PlanBuilder& builder, ModelIndex model,
                            const Texts& text) {
  if (text.empty()) return;
  const PlannedModel& of = at(builder.plan().models, model);
  const std::vector<int> kept = builder.kept(
      LayerAxis{builder.traits_of(model), builder.sweep().observe.layers});
  if (kept.empty()) return;
  const std::vector<std::int32_t> layers(kept.begin(), kept.end());
  std::vector<TaskIndex> tasks;
  for (Texts& some : texts_of_tasks(text, kTokensPerTask)) {
    jobs::ObserveTask task{of.source, std::move(some), layers};
    const auto cost = jobs::cost_of(task, of.header.architecture);
    tasks.push_back(builder.add_task(std::move(task), {}, cost));
  }
  const std::string made_of = "norms/1 model=" + of.source.digest +
                              " texts=" + hex(jobs::key_of_texts(text));
  for (std::size_t i = 0; i < layers.size(); ++i) {
    storage::NormRow row;
    row.model = model.column();
    row.layer = layers[i];
    row.cell = builder
                   .add_cell(CellKind::norms,
                             made_of + " layer=" + std::to_string(layers[i]))
                   .column64();
    for (const auto excluded :
         {NormExclusion::none, NormExclusion::first, NormExclusion::sinks}) {
      add_row(builder, row, NormSource::reference, excluded,
              {tasks, LayerIndex(i)});
    }
  }
}

void NormsStage::plan(PlanBuilder& builder) {
  const Plan& plan = builder.plan();
  for (const BehaviourIndex behaviour : paired_behaviours_of(plan)) {
    for (std::size_t i = 0; i < plan.tables.vectors.size(); ++i) {
      const storage::VectorRow& vector = plan.tables.vectors[i];
      if (vector.behaviour != behaviour.column()) continue;
      storage::NormRow row;
      row.cell = vector.cell;
      row.model = vector.model;
      row.behaviour = vector.behaviour;
      row.layer = vector.layer;
      const TaskIndex made_by =
          extraction_.task_of(RowOf<storage::VectorRow>(i));
      const Place place{at(plan.tasks, made_by).inputs,
                        extraction_.layer_of(plan.sweep, vector.layer)};
      add_row(builder, row, NormSource::positive, NormExclusion::none, place);
      add_row(builder, row, NormSource::negative, NormExclusion::none, place);
    }
  }
}

void NormsStage::add_row(PlanBuilder& builder, storage::NormRow row,
                         NormSource source, NormExclusion excluded,
                         Place place) {
  row.source = static_cast<std::int32_t>(source);
  row.excluded = static_cast<std::int32_t>(excluded);
  builder.tables().norms.push_back(row);
  places_.push_back(std::move(place));
}

void NormsStage::seal(Sealing& sealing) const {
  storage::Results& tables = sealing.tables();
  // Rows of the same tasks follow each other.
  const std::vector<TaskIndex>* tasks = nullptr;
  std::optional<std::vector<Halves>> layers;
  Arrays arrays;
  for (std::size_t i = 0; i < tables.norms.size(); ++i) {
    storage::NormRow& row = tables.norms[i];
    const Place& place = places_[i];
    const bool observed = row.behaviour < 0;
    if (tasks == nullptr || *tasks != place.tasks) {
      layers = collect(place.tasks, observed, sealing);
      tasks = &place.tasks;
    }
    NormHistogram norms;
    if (layers) norms = chosen(layers->at(place.layer.number()), row);
    row.count = layers ? norms.count() : -1;
    row.mean = norms.mean();
    row.sd = norms.deviation();
    row.min = norms.lowest();
    row.max = norms.highest();
    arrays.add(norms);
    // Those of pairs are in a vector's cell.
    if (observed) {
      sealing.mark(row_of<storage::CellRow>(row.cell), place.tasks);
    }
  }
  arrays.keep(tables.arrays);
}

// Norms lie near each other: half as many bins as norms, or an octave's.
std::int64_t NormsStage::result_bytes(const Plan& plan) const {
  constexpr std::int64_t kMostBins = 300, kBin = 24;
  std::int64_t bytes = 5 * kDatasetBytes;
  for (const Place& place : places_) {
    std::int64_t norms = 0;
    for (const TaskIndex index : place.tasks) {
      const jobs::Task& task = at(plan.tasks, index).task;
      if (const auto* one = std::get_if<jobs::ObserveTask>(&task)) {
        for (const auto& text : one->texts) norms += std::ssize(text);
      } else if (const auto* pairs = std::get_if<jobs::ExtractTask>(&task)) {
        norms += std::ssize(pairs->pairs);
      } else {
        norms += kMostBins;
      }
    }
    bytes += std::min(norms / 2, kMostBins) * kBin +
             8 * std::ssize(storage::kNormQuantiles);
  }
  return bytes;
}

}  // namespace coxswain::runner
