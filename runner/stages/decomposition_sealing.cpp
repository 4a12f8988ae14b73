// What results.h5 says of decompositions: their measures and codes, features
// that stand out, and how well each SAE fits.

#include <cstring>
#include <limits>
#include <optional>

#include "jobs/task/decompose_result.hpp"
#include "runner/stages/decomposition_stage.hpp"
#include "runner/stages/merged_fit.hpp"
#include "runner/stages/sealing.hpp"

namespace coxswain::runner {
namespace {

namespace result = jobs::decompose_result;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void fill_measures(storage::DecompositionRow& row, jobs::ResultReader& from,
                   std::size_t request) {
  const result::Measures& m = from.row(result::kMeasures, request);
  row.norm = m.norm;
  row.norm_ratio = m.norm_ratio;
  row.cosine = m.cosine;
  row.explained_variance = m.explained_variance;
  row.residual_cosine = m.residual_cosine;
  row.negative_encoder = static_cast<std::int32_t>(m.negative_encoder);
  row.negative_decoder = static_cast<std::int32_t>(m.negative_decoder);
  const result::Truth& truth = from.row(result::kTruth, request);
  row.planted = static_cast<std::int32_t>(truth.planted);
  row.recovered = static_cast<std::int32_t>(truth.recovered);
  row.recovered_signs = static_cast<std::int32_t>(truth.recovered_signs);
}

void clear(storage::DecompositionRow& row) {
  row.norm = row.norm_ratio = row.cosine = row.explained_variance =
      row.residual_cosine = kNaN;
  row.n_atoms = row.negative_encoder = row.negative_decoder = -1;
}

// Whether the request's method failed on its vector.
bool failed(jobs::ResultReader& from, std::size_t request) {
  return from.arrays().contains(result::kAvailable.name) &&
         from.integers(result::kAvailable).at(request) == 0;
}

// The sparse codes of all decompositions, row after row.
class Codes {
 public:
  // How many the row has.
  std::int32_t add(jobs::ResultReader& from, std::size_t request) {
    const auto& offsets = from.integers(result::kOffsets);
    const auto& features = from.integers(result::kFeatures);
    const auto& values = from.doubles(result::kValues);
    const auto first = static_cast<std::size_t>(offsets.at(request));
    const auto last = static_cast<std::size_t>(offsets.at(request + 1));
    for (std::size_t i = first; i < last; ++i) {
      features_.push_back(static_cast<std::int32_t>(features.at(i)));
      values_.push_back(static_cast<float>(values.at(i)));
    }
    return static_cast<std::int32_t>(last - first);
  }
  void end_row() { offsets_.push_back(std::ssize(values_)); }

  void keep(storage::ArrayMap& arrays) const {
    arrays["codes/offsets"] = storage::make_array(
        std::span<const std::int64_t>(offsets_), {std::ssize(offsets_)});
    arrays["codes/values"] = storage::make_array(
        std::span<const float>(values_), {std::ssize(values_)});
    arrays["codes/features"] = {
        storage::DType::i32,
        {std::ssize(features_)},
        std::string(reinterpret_cast<const char*>(features_.data()),
                    features_.size() * sizeof(std::int32_t))};
  }

 private:
  std::vector<std::int64_t> offsets_{0};
  std::vector<std::int32_t> features_;
  std::vector<float> values_;
};

void add_features(std::size_t index, std::int64_t cell, std::int32_t most,
                  jobs::ResultReader& from, std::size_t request,
                  std::vector<storage::FeatureRow>& rows) {
  const auto& features = from.integers(result::kTopFeatures);
  for (std::int32_t rank = 0; rank < most; ++rank) {
    const std::size_t i = request * static_cast<std::size_t>(most) +
                          static_cast<std::size_t>(rank);
    const std::int64_t feature = features.at(i);
    if (feature < 0) break;
    const result::TopFeature& top = from.row(result::kTop, i);
    rows.push_back({cell, static_cast<std::int32_t>(index), rank,
                    static_cast<std::int32_t>(feature), top.value,
                    top.encoder_projection, top.decoder_projection});
  }
}

// Features that a behaviour's task ranks, with their cosines to those of
// each rank.
class Ranked {
 public:
  explicit Ranked(std::int64_t most) : most_(static_cast<std::size_t>(most)) {}

  // add(rank, feature, facts)
  template <class Facts, class Add>
  void each(jobs::ResultReader& from, jobs::NumbersOf<std::int64_t> of_features,
            jobs::RowsOf<Facts> of_facts, jobs::NumbersOf<float> of_cosines,
            const Add& add) {
    const auto& features = from.integers(of_features);
    const auto& cosines = from.doubles(of_cosines);
    for (std::size_t rank = 0; rank < most_; ++rank) {
      const std::int64_t feature = features.at(rank);
      if (feature < 0) break;
      add(static_cast<std::int32_t>(rank), static_cast<std::int32_t>(feature),
          from.row(of_facts, rank));
      for (std::size_t other = 0; other < most_; ++other) {
        cosines_.push_back(
            static_cast<float>(cosines.at(rank * most_ + other)));
      }
    }
  }

  storage::Array cosines(std::int64_t n) const {
    return storage::make_array(std::span<const float>(cosines_),
                               {n, static_cast<std::int64_t>(most_)});
  }

 private:
  std::size_t most_;
  std::vector<float> cosines_;
};

}  // namespace

void DecompositionStage::seal(Sealing& sealing) const {
  seal_fits(sealing);
  seal_decompositions(sealing);
  seal_differences(sealing);
}

// Of each behaviour's activations one, however many methods made vectors of
// them.
std::vector<TaskIndex> DecompositionStage::tasks_of_fit(const Plan& plan,
                                                        SaeIndex sae) const {
  std::vector<TaskIndex> tasks;
  for (const BehaviourIndex one :
       behaviours_of(plan, at(plan.saes, sae).model)) {
    const PlannedOwnVector* own = own_vector_of(plan, one);
    const bool again = own != nullptr && own->method && own->pairs_of.there() &&
                       task_of(plan, sae, own->pairs_of).there();
    const TaskIndex task = task_of(plan, sae, one);
    if (task.there() && !again) tasks.push_back(task);
  }
  return tasks;
}

// On the activations that the vectors were made of.
void DecompositionStage::seal_fits(Sealing& sealing) const {
  std::vector<storage::SaeRow>& rows = sealing.tables().saes;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<FitOfTask> fits;
    // A part of the activations would pass for all of them: those of a task
    // that is missing may be the ones that the SAE does not fit.
    bool whole = true;
    for (const TaskIndex task : tasks_of_fit(sealing.plan(), SaeIndex(i))) {
      jobs::ResultReader* from = sealing.result(task);
      whole = whole && from != nullptr;
      if (whole) fits.push_back(read_fit(*from));
    }
    if (!whole) fits.clear();
    const MergedFit fit = merged(fits, sealing.plan().saes[i].header.d_sae);
    rows[i].explained_variance = fit.explained_variance;
    rows[i].l0 = fit.l0;
    rows[i].dead_share = fit.dead_share;
    rows[i].activation_norm = fit.activation_norm;
    rows[i].explained_variance_other = fit.explained_variance_other;
  }
}

void DecompositionStage::seal_decompositions(Sealing& sealing) const {
  storage::Results& tables = sealing.tables();
  const std::int32_t top = sealing.plan().sweep.decompose.top;
  const std::size_t n = tables.decompositions.size();
  VectorRows rebuilt(sealing.plan(), storage::models_of(tables.decompositions));
  Codes codes;
  for (std::size_t i = 0; i < n; ++i) {
    storage::DecompositionRow& row = tables.decompositions[i];
    sealing.mark(runner::row_of<storage::CellRow>(row.cell), places_[i].task);
    jobs::ResultReader* from = sealing.result(places_[i].task);
    const std::size_t request = places_[i].request.number();
    if (from == nullptr) {
      clear(row);
    } else if (failed(*from, request)) {
      clear(row);
      sealing.mark(runner::row_of<storage::CellRow>(row.cell),
                   CellState::quarantined, Reason::method_failed);
    } else {
      rebuilt.put(i, from->doubles(result::kReconstructions), request);
      fill_measures(row, *from, request);
      row.n_atoms = codes.add(*from, request);
      add_features(i, row.cell, top, *from, request, tables.features);
    }
    codes.end_row();
  }
  rebuilt.keep("reconstructions", tables.arrays);
  codes.keep(tables.arrays);
}

void DecompositionStage::seal_differences(Sealing& sealing) const {
  storage::Results& tables = sealing.tables();
  const std::int64_t most = sealing.plan().sweep.decompose.differences;
  Ranked differences(most), active(most);
  for (const Differences& place : differences_) {
    sealing.mark(place.cell, place.task);
    jobs::ResultReader* from = sealing.result(place.task);
    if (from == nullptr) continue;
    const std::int64_t cell = place.cell.column64();
    const std::int32_t vector = place.vector.column();
    const std::int32_t sae = place.sae.column();
    differences.each(
        *from, result::kDifferenceFeatures, result::kDifferences,
        result::kDifferenceCosines,
        [&](std::int32_t rank, std::int32_t feature,
            const result::Difference& d) {
          tables.code_differences.push_back(
              {cell, vector, sae, rank, feature, d.mean_code_positive,
               d.mean_code_negative, d.encoder_projection, d.decoder_projection,
               d.code});
        });
    active.each(
        *from, result::kActiveFeatures, result::kActive, result::kActiveCosines,
        [&](std::int32_t rank, std::int32_t feature, const result::Active& a) {
          tables.active_features.push_back(
              {cell, vector, sae, rank, feature, a.code, a.code_zero,
               a.mean_code_positive, a.mean_code_negative, a.rate_positive,
               a.rate_negative, a.encoder_projection, a.decoder_projection});
        });
  }
  tables.arrays["code_difference_cosines"] =
      differences.cosines(std::ssize(tables.code_differences));
  tables.arrays["active_feature_cosines"] =
      active.cosines(std::ssize(tables.active_features));
}

std::int64_t DecompositionStage::result_bytes(const Plan& plan) const {
  const DecomposeEntry& rules = plan.sweep.decompose;
  const std::int64_t rows = std::ssize(places_);
  std::int64_t coefficients = 0, ranked = 0;
  for (const PlannedTask& task : plan.tasks) {
    coefficients += task.size.coefficients;
  }
  for (const Differences& place : differences_) ranked += place.most;
  // As many features again that vectors' codes turn on.
  const std::int64_t cosines = 2 * 4 * ranked * rules.differences;
  return 6 * kDatasetBytes + coefficients * 8 + 8 * rows +
         rows * rules.top * row_bytes<storage::FeatureRow>() +
         ranked * (row_bytes<storage::CodeDifferenceRow>() +
                   row_bytes<storage::ActiveFeatureRow>()) +
         cosines + 4 * rows * widest_of(plan);
}

}  // namespace coxswain::runner
