#include "runner/seal/activity_sealing.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "runner/plan/names.hpp"

namespace coxswain::runner {
namespace {

// Sums over groups of activations, [groups, d_sae] each.
struct Sums {
  std::vector<double> tokens, active, code_sum, code_most, projection_sum,
      projection_squares;

  // Nothing if a task is missing.
  static std::optional<Sums> of(const std::vector<std::size_t>& tasks,
                                const ResultOf& result) {
    Sums sums;
    for (const std::size_t task : tasks) {
      const storage::ArrayMap* one = result(task);
      if (one == nullptr) return std::nullopt;
      sums.add(*one);
    }
    return sums;
  }

  void add(const storage::ArrayMap& result) {
    const auto values = [&](const char* name) {
      const storage::Array& array = storage::at(result, name, "activity");
      if (array.dtype != storage::DType::i64) return storage::doubles(array);
      const auto whole = storage::integers(array);
      return std::vector<double>(whole.begin(), whole.end());
    };
    const auto add_to = [&](std::vector<double>& sum, const char* name) {
      const auto more = values(name);
      sum.resize(more.size());
      for (std::size_t i = 0; i < more.size(); ++i) sum[i] += more[i];
    };
    add_to(tokens, "tokens");
    add_to(active, "active");
    add_to(code_sum, "code_sum");
    add_to(projection_sum, "projection_sum");
    add_to(projection_squares, "projection_squares");
    const auto most = values("code_most");
    code_most.resize(most.size());
    for (std::size_t i = 0; i < most.size(); ++i) {
      code_most[i] = std::max(code_most[i], most[i]);
    }
  }
};

// Which of ActivityTask's groups a row is made of.
std::vector<std::size_t> groups_of(const storage::ActivityRow& row,
                                   std::size_t n_groups) {
  switch (static_cast<NormSource>(row.source)) {
    case NormSource::positive:
      return {0};
    case NormSource::negative:
      return {1};
    case NormSource::reference:
      break;
  }
  const bool apart = n_groups == 4;  // sinks
  switch (static_cast<NormExclusion>(row.excluded)) {
    case NormExclusion::first:
      return apart ? std::vector<std::size_t>{1, 3}
                   : std::vector<std::size_t>{1};
    case NormExclusion::sinks:
      return {0, 1};
    case NormExclusion::none:
      break;
  }
  return apart ? std::vector<std::size_t>{0, 1, 2, 3}
               : std::vector<std::size_t>{0, 1};
}

class Arrays {
 public:
  void add(const Sums& sums, const std::vector<std::size_t>& groups) {
    const std::size_t width = sums.active.size() / sums.tokens.size();
    double n = 0;
    for (const std::size_t group : groups) n += sums.tokens[group];
    for (std::size_t feature = 0; feature < width; ++feature) {
      const auto sum = [&](const std::vector<double>& values) {
        double all = 0;
        for (const std::size_t group : groups) {
          all += values[group * width + feature];
        }
        return all;
      };
      double most = 0;
      for (const std::size_t group : groups) {
        most = std::max(most, sums.code_most[group * width + feature]);
      }
      const double projection = sum(sums.projection_sum) / n;
      const double square = sum(sums.projection_squares) / n;
      rate_.push_back(static_cast<float>(sum(sums.active) / n));
      mean_.push_back(static_cast<float>(sum(sums.code_sum) / n));
      most_.push_back(static_cast<float>(most));
      projection_.push_back(static_cast<float>(projection));
      deviation_.push_back(static_cast<float>(
          std::sqrt(std::max(0.0, square - projection * projection))));
    }
  }
  void end_row() { offsets_.push_back(std::ssize(rate_)); }

  void keep(storage::ArrayMap& arrays) const {
    const std::string folder = "feature_activity/";
    arrays[folder + "offsets"] = storage::make_array(
        std::span<const std::int64_t>(offsets_), {std::ssize(offsets_)});
    for (const auto& [name, values] :
         {std::pair{"rate", &rate_}, std::pair{"mean", &mean_},
          std::pair{"max", &most_}, std::pair{"projection_mean", &projection_},
          std::pair{"projection_sd", &deviation_}}) {
      arrays[folder + name] = storage::make_array(
          std::span<const float>(*values), {std::ssize(*values)});
    }
  }

 private:
  std::vector<std::int64_t> offsets_{0};
  std::vector<float> rate_, mean_, most_, projection_, deviation_;
};

}  // namespace

void fill_activity(const Plan& plan, const ResultOf& result,
                   storage::Results& tables) {
  // Rows of the same tasks follow each other.
  const std::vector<std::size_t>* tasks = nullptr;
  std::optional<Sums> sums;
  Arrays arrays;
  for (std::size_t i = 0; i < tables.activity.size(); ++i) {
    storage::ActivityRow& row = tables.activity[i];
    if (tasks == nullptr || *tasks != plan.activity[i].tasks) {
      tasks = &plan.activity[i].tasks;
      sums = Sums::of(*tasks, result);
    }
    row.tokens = sums ? 0 : -1;
    if (sums) {
      const auto groups = groups_of(row, sums->tokens.size());
      for (const std::size_t group : groups) {
        row.tokens += static_cast<std::int64_t>(sums->tokens[group]);
      }
      arrays.add(*sums, groups);
    }
    arrays.end_row();
  }
  arrays.keep(tables.arrays);
}

}  // namespace coxswain::runner
