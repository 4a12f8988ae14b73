#include "runner/seal/sealing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "runner/base/device_kinds.hpp"
#include "runner/plan/names.hpp"
#include "runner/seal/activation_sealing.hpp"
#include "runner/seal/activity_sealing.hpp"
#include "runner/seal/context_sealing.hpp"
#include "runner/seal/norm_sealing.hpp"
#include "storage/files/bytes.hpp"
#include "storage/run/shard.hpp"
#include "storage/tensors/safetensors.hpp"

namespace coxswain::runner {
namespace {

using storage::ArrayMap;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Fills the plan's tables from committed results.
class Sealer {
 public:
  Sealer(const Plan& plan, const storage::JournalState& state,
         const storage::RunDirectory& run)
      : plan_(plan), state_(state), run_(run), tables_(plan.tables) {}

  storage::Results fill() {
    tables_.facts.contents = contents_of(plan_, state_);
    tables_.facts.numerics_digest = storage::sha256(state_.numerics);
    for (const std::string& kind : kinds_of(state_.numerics)) {
      tables_.devices.push_back(
          {static_cast<std::int32_t>(tables_.devices.size()),
           {kind.substr(0, kind.find(','))},
           {kind}});
    }
    fill_vectors();
    fill_saes();
    fill_decompositions();
    fill_differences();
    fill_variants();
    for (const PropensityPlace& place : plan_.propensity) {
      fill_propensity(place);
    }
    const ResultOf result_of = [this](std::size_t task) {
      return result(task);
    };
    fill_norms(plan_, result_of, tables_);
    for (std::size_t i = 0; i < plan_.norms.size(); ++i) {
      if (tables_.norms[i].behaviour >= 0) continue;  // in a vector's cell
      mark_all(tables_.norms[i].cell, plan_.norms[i].tasks);
    }
    fill_activity(plan_, result_of, tables_);
    fill_contexts(plan_, result_of, tables_);
    for (std::size_t i = 0; i < plan_.activity.size(); ++i) {
      mark_all(tables_.activity[i].cell, plan_.activity[i].tasks);
    }
    for (const ActivationPlace& place : plan_.activations) {
      std::vector<std::size_t> tasks;
      for (const ActivationPiece& piece : place.pieces) {
        tasks.push_back(piece.task);
      }
      mark_all(place.set.rows[0].cell, tasks);
    }
    return std::move(tables_);
  }

 private:
  bool done(std::size_t task) const {
    return state_.commits.contains(plan_.tasks[task].key);
  }

  // Parsed once while rows of the same task follow each other.
  const ArrayMap* result(std::size_t task) {
    if (!done(task)) return nullptr;
    if (!cached_ || cached_task_ != task) {
      const storage::Commit& commit = state_.commits.at(plan_.tasks[task].key);
      cached_ =
          commit.result.empty()
              ? storage::read_shard(run_.path(), commit.bulk)
              : storage::from_safetensors(commit.result, run_.journal_folder());
      cached_task_ = task;
      doubles_.clear();
      integers_.clear();
    }
    return &*cached_;
  }

  // An array of the task last asked for, widened once.
  const std::vector<double>& numbers(const std::string& name) {
    auto& values = doubles_[name];
    if (values.empty()) {
      values =
          storage::doubles(storage::at(*cached_, name, run_.journal_folder()));
    }
    return values;
  }

  const std::vector<std::int64_t>& whole_numbers(const std::string& name) {
    auto& values = integers_[name];
    if (values.empty()) {
      values =
          storage::integers(storage::at(*cached_, name, run_.journal_folder()));
    }
    return values;
  }

  // The cell is in the state of its task.
  void mark(std::int64_t cell, std::size_t task) {
    storage::CellRow& row = tables_.cells[static_cast<std::size_t>(cell)];
    const auto failure = state_.quarantined.find(plan_.tasks[task].key);
    CellState state = CellState::missing;
    Reason reason = Reason::none;
    if (done(task)) {
      state = CellState::done;
    } else if (failure != state_.quarantined.end()) {
      state = CellState::quarantined;
      reason = failure->second.reason.empty() ? Reason::input_quarantined
                                              : Reason::failed_often;
    }
    row.state = static_cast<std::uint8_t>(state);
    row.reason = static_cast<std::uint8_t>(reason);
  }

  // It is in the state of the first that is not done.
  void mark_all(std::int64_t cell, const std::vector<std::size_t>& tasks) {
    const auto open = std::ranges::find_if_not(
        tasks, [this](std::size_t task) { return done(task); });
    mark(cell, open == tasks.end() ? tasks.front() : *open);
  }

  std::size_t width() const {
    return static_cast<std::size_t>(
        plan_.models.front().header.architecture.d_model);
  }

  // Rows [row * d_model, ...) of an array go to row `to` of `out`.
  void copy_row(const std::string& name, std::int64_t row, std::size_t to,
                std::vector<float>& out) {
    const auto& values = numbers(name);
    for (std::size_t i = 0; i < width(); ++i) {
      out[to * width() + i] = static_cast<float>(
          values.at(static_cast<std::size_t>(row) * width() + i));
    }
  }

  double dot(const std::string& a, const std::string& b, std::int64_t row) {
    const auto& x = numbers(a);
    const auto& y = numbers(b);
    double sum = 0;
    for (std::size_t i = 0; i < width(); ++i) {
      const std::size_t at = static_cast<std::size_t>(row) * width() + i;
      sum += x.at(at) * y.at(at);
    }
    return sum;
  }

  double norm_of(const std::string& name, std::int64_t row) {
    return std::sqrt(dot(name, name, row));
  }

  std::vector<float> missing_rows(std::size_t n) const {
    return std::vector<float>(n * width(),
                              std::numeric_limits<float>::quiet_NaN());
  }

  void keep(const std::string& name, const std::vector<float>& values) {
    tables_.arrays[name] =
        storage::make_array(std::span<const float>(values),
                            {static_cast<std::int64_t>(values.size() / width()),
                             plan_.models.front().header.architecture.d_model});
  }

  void fill_vectors() {
    const std::size_t n = tables_.vectors.size();
    std::vector<float> vectors = missing_rows(n), positive = missing_rows(n),
                       negative = missing_rows(n);
    for (std::size_t i = 0; i < n; ++i) {
      storage::VectorRow& row = tables_.vectors[i];
      const Place& place = plan_.vectors[i];
      const bool there = result(place.task) != nullptr;
      mark(row.cell, place.task);
      if (!there) {
        row.norm = row.positive_norm = row.negative_norm =
            row.median_activation_norm = row.letter_norm = row.letter_cosine =
                kNaN;
        row.n_matching_a = row.n_matching_b = -1;
        continue;
      }
      copy_row("vector", place.row, i, vectors);
      copy_row("positive_mean", place.row, i, positive);
      copy_row("negative_mean", place.row, i, negative);
      row.norm = norm_of("vector", place.row);
      row.positive_norm = norm_of("positive_mean", place.row);
      row.negative_norm = norm_of("negative_mean", place.row);
      row.median_activation_norm =
          numbers("median_norm").at(static_cast<std::size_t>(place.row));
      row.n_matching_a =
          static_cast<std::int32_t>(whole_numbers("n_letters").at(0));
      row.n_matching_b =
          static_cast<std::int32_t>(whole_numbers("n_letters").at(1));
      row.letter_norm = norm_of("letter", place.row);
      row.letter_cosine =
          dot("vector", "letter", place.row) / (row.norm * row.letter_norm);
    }
    keep("vectors", vectors);
    keep("positive_mean", positive);
    keep("negative_mean", negative);
  }

  // How each SAE does on the activations that the vectors were made of.
  void fill_saes() {
    for (std::size_t i = 0; i < tables_.saes.size(); ++i) {
      storage::SaeRow& row = tables_.saes[i];
      const bool there = result(plan_.saes[i]) != nullptr;
      const auto fit = [&](std::size_t at) {
        return there ? numbers("fit").at(at) : kNaN;
      };
      row.explained_variance = fit(0);
      row.l0 = fit(1);
      row.dead_share = fit(2);
      row.activation_norm = fit(3);
      row.explained_variance_other = fit(4);
    }
  }

  // f(rank, feature, facts) of the features that a task ranks for a behaviour;
  // their cosines go to `cosines`.
  template <class F>
  void each_ranked(const DifferencePlace& place, const std::string& name,
                   const std::string& facts, std::size_t n_facts,
                   std::vector<float>& cosines, const F& f) {
    const auto most = static_cast<std::size_t>(place.most);
    for (std::size_t rank = 0; rank < most; ++rank) {
      const std::size_t i =
          static_cast<std::size_t>(place.behaviour) * most + rank;
      const std::int64_t feature = whole_numbers(name + "_features").at(i);
      if (feature < 0) break;
      f(static_cast<std::int32_t>(rank), static_cast<std::int32_t>(feature),
        numbers(facts).data() + n_facts * i);
      const double* row = numbers(name + "_cosines").data() + i * most;
      cosines.insert(cosines.end(), row, row + most);
    }
  }

  void fill_differences() {
    std::vector<float> cosines, active_cosines;
    for (const DifferencePlace& place : plan_.differences) {
      mark(place.cell, place.task);
      if (result(place.task) == nullptr) continue;
      each_ranked(
          place, "difference", "differences", 5, cosines,
          [&](std::int32_t rank, std::int32_t feature, const double* facts) {
            tables_.code_differences.push_back(
                {place.cell, place.vector, place.sae, rank, feature, facts[0],
                 facts[1], facts[2], facts[3], facts[4]});
          });
      each_ranked(
          place, "active", "active", 8, active_cosines,
          [&](std::int32_t rank, std::int32_t feature, const double* facts) {
            tables_.active_features.push_back(
                {place.cell, place.vector, place.sae, rank, feature, facts[0],
                 facts[1], facts[2], facts[3], facts[4], facts[5], facts[6],
                 facts[7]});
          });
    }
    const std::int64_t most = plan_.sweep.decompose.differences;
    tables_.arrays["code_difference_cosines"] =
        storage::make_array(std::span<const float>(cosines),
                            {std::ssize(tables_.code_differences), most});
    tables_.arrays["active_feature_cosines"] =
        storage::make_array(std::span<const float>(active_cosines),
                            {std::ssize(tables_.active_features), most});
  }

  void fill_decompositions() {
    const std::size_t n = tables_.decompositions.size();
    std::vector<float> rebuilt = missing_rows(n);
    std::vector<std::int64_t> offsets{0};
    std::vector<std::int32_t> features;
    std::vector<float> values;
    for (std::size_t i = 0; i < n; ++i) {
      storage::DecompositionRow& row = tables_.decompositions[i];
      const Place& place = plan_.decompositions[i];
      const bool there = result(place.task) != nullptr;
      mark(row.cell, place.task);
      if (there) {
        copy_row("reconstructions", place.row, i, rebuilt);
        fill_measures(row, place.row);
        fill_codes(place.row, row, features, values);
        fill_features(row, static_cast<std::int32_t>(i), place.row);
      } else {
        row.norm = row.norm_ratio = row.cosine = row.explained_variance =
            row.residual_cosine = kNaN;
        row.n_atoms = row.negative_encoder = row.negative_decoder = -1;
      }
      offsets.push_back(std::ssize(values));
    }
    keep("reconstructions", rebuilt);
    tables_.arrays["codes/offsets"] = storage::make_array(
        std::span<const std::int64_t>(offsets), {std::ssize(offsets)});
    tables_.arrays["codes/values"] = storage::make_array(
        std::span<const float>(values), {std::ssize(values)});
    tables_.arrays["codes/features"] = {
        storage::DType::i32,
        {std::ssize(features)},
        std::string(reinterpret_cast<const char*>(features.data()),
                    features.size() * sizeof(std::int32_t))};
  }

  void fill_measures(storage::DecompositionRow& row, std::int64_t at) {
    const double* m =
        numbers("measures").data() + static_cast<std::size_t>(at) * 7;
    row.norm = m[0];
    row.norm_ratio = m[1];
    row.cosine = m[2];
    row.explained_variance = m[3];
    row.residual_cosine = m[4];
    row.negative_encoder = static_cast<std::int32_t>(m[5]);
    row.negative_decoder = static_cast<std::int32_t>(m[6]);
    const auto truth = [&](std::size_t i) {
      return static_cast<std::int32_t>(
          whole_numbers("truth").at(static_cast<std::size_t>(at) * 3 + i));
    };
    row.planted = truth(0);
    row.recovered = truth(1);
    row.recovered_signs = truth(2);
  }

  void fill_codes(std::int64_t at, storage::DecompositionRow& row,
                  std::vector<std::int32_t>& features,
                  std::vector<float>& values) {
    const auto i = static_cast<std::size_t>(at);
    const auto first = static_cast<std::size_t>(whole_numbers("offsets").at(i));
    const auto last =
        static_cast<std::size_t>(whole_numbers("offsets").at(i + 1));
    row.n_atoms = static_cast<std::int32_t>(last - first);
    for (std::size_t j = first; j < last; ++j) {
      features.push_back(
          static_cast<std::int32_t>(whole_numbers("features").at(j)));
      values.push_back(static_cast<float>(numbers("values").at(j)));
    }
  }

  void fill_features(const storage::DecompositionRow& decomposition,
                     std::int32_t index, std::int64_t at) {
    const auto k = static_cast<std::size_t>(plan_.sweep.decompose.top);
    for (std::size_t rank = 0; rank < k; ++rank) {
      const std::size_t i = static_cast<std::size_t>(at) * k + rank;
      const std::int64_t feature = whole_numbers("top_features").at(i);
      if (feature < 0) break;
      const double* facts = numbers("top").data() + 3 * i;
      tables_.features.push_back(
          {decomposition.cell, index, static_cast<std::int32_t>(rank),
           static_cast<std::int32_t>(feature), facts[0], facts[1], facts[2]});
    }
  }

  void fill_variants() {
    const std::size_t n = tables_.variants.size();
    std::vector<float> vectors = missing_rows(n);
    for (std::size_t i = 0; i < n; ++i) {
      storage::VariantRow& row = tables_.variants[i];
      const Place& place = plan_.variants[i];
      if (result(place.task) == nullptr) {
        row.norm = row.cosine = kNaN;
        continue;
      }
      copy_row("vectors", place.row, i, vectors);
      row.norm = numbers("norm").at(static_cast<std::size_t>(place.row));
      row.cosine = numbers("cosine").at(static_cast<std::size_t>(place.row));
    }
    keep("variant_vectors", vectors);
  }

  void fill_propensity(const PropensityPlace& place) {
    const bool there = result(place.task) != nullptr;
    const std::int64_t n =
        place.n_items * place.n_variants * place.n_multipliers;
    for (std::int64_t i = 0; i < n; ++i) {
      storage::PropensityRow& row =
          tables_.propensity[static_cast<std::size_t>(place.first_row + i)];
      mark(row.cell, place.task);
      const storage::VariantRow& variant =
          tables_.variants[static_cast<std::size_t>(row.variant)];
      const storage::VectorRow& vector =
          tables_.vectors[static_cast<std::size_t>(variant.vector)];
      row.dose = std::abs(row.multiplier) * variant.norm /
                 vector.median_activation_norm;
      const auto value = [&](const char* name, bool measured) {
        return measured ? static_cast<float>(
                              numbers(name).at(static_cast<std::size_t>(i)))
                        : std::numeric_limits<float>::quiet_NaN();
      };
      row.logit_match = value("logit_match", there);
      row.logit_other = value("logit_other", there);
      row.log_sum_exp =
          value("log_sum_exp", there && plan_.sweep.steer.letter_mass);
    }
  }

  const Plan& plan_;
  const storage::JournalState& state_;
  const storage::RunDirectory& run_;
  storage::Results tables_;
  std::optional<ArrayMap> cached_;
  std::size_t cached_task_ = 0;
  std::map<std::string, std::vector<double>> doubles_;
  std::map<std::string, std::vector<std::int64_t>> integers_;
};

}  // namespace

std::string contents_of(const Plan& plan, const storage::JournalState& state) {
  storage::ByteWriter out;
  for (const PlannedTask& task : plan.tasks) {
    const auto failure = state.quarantined.find(task.key);
    out.number(task.key.high);
    out.number(task.key.low);
    out.number<std::uint8_t>(state.commits.contains(task.key));
    out.number<std::uint8_t>(failure != state.quarantined.end());
    out.number<std::uint8_t>(failure != state.quarantined.end() &&
                             failure->second.reason.empty());
  }
  return hex(storage::key_of(out.take()));
}

storage::Results fill_results(const Plan& plan,
                              const storage::JournalState& state,
                              const storage::RunDirectory& run) {
  return Sealer(plan, state, run).fill();
}

void seal(const Plan& plan, const storage::JournalState& state,
          const storage::RunDirectory& run,
          const storage::ActivationLimits& limits) {
  storage::ResultsWriter writer(run.results());
  storage::Results tables = fill_results(plan, state, run);
  auto files = seal_activation_files(plan, state, run, limits, tables);
  writer.write(tables);
  if (files) {
    for (const ActivationPlace& place : plan.activations) {
      writer.rows(place.set);
    }
    files->publish();
  } else {
    seal_activations_within(plan, state, run, writer);
  }
  writer.finish();
}

}  // namespace coxswain::runner
