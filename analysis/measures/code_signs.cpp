#include "analysis/measures/code_signs.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <numeric>
#include <span>
#include <tuple>

namespace coxswain::analysis {
namespace {

using Key = std::tuple<std::int32_t, std::int32_t, std::int32_t>;

void add(const storage::CodeDifferenceRow& row, CodeSigns& signs) {
  const bool less = row.mean_code_positive < row.mean_code_negative;
  const bool against = row.encoder_projection < 0;
  ++signs.features;
  signs.negative_encoder += against ? 1 : 0;
  signs.negative_decoder += row.decoder_projection < 0 ? 1 : 0;
  ++signs.crossed[less ? 1 : 0][against ? 1 : 0];
  signs.silent += against && row.code == 0 ? 1 : 0;
}

// The smallest number that a share of the exchanges does not exceed; `counts`
// has how many exchanges gave each number.
double quantile_of(std::span<const std::int64_t> counts, double share) {
  const auto all = static_cast<double>(
      std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  std::int64_t so_far = 0;
  for (std::size_t number = 0; number < counts.size(); ++number) {
    so_far += counts[number];
    // Half a row of room: 0.025 x 1000 is not 25 in float64.
    if (static_cast<double>(so_far) + 1e-6 >= share * all) {
      return static_cast<double>(number);
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

SignChance chance_of(std::int64_t count, std::span<const std::int64_t> counts) {
  SignChance chance;
  chance.null = {quantile_of(counts, 0.5), quantile_of(counts, 0.025),
                 quantile_of(counts, 0.975)};
  double as_many = 0, all = 0;
  for (std::size_t number = 0; number < counts.size(); ++number) {
    const auto exchanges = static_cast<double>(counts[number]);
    all += exchanges;
    if (static_cast<std::int64_t>(number) >= count) as_many += exchanges;
  }
  chance.p = (1 + as_many) / (1 + all);
  return chance;
}

// Counts of exchanges, [rows of tables/sign_nulls, 4, numbers].
class NullCounts {
 public:
  explicit NullCounts(const storage::Results& results)
      : rows_(results.sign_nulls.size()) {
    if (rows_ == 0) return;
    all_ = storage::integers(results.arrays.at("sign_null_counts"));
    numbers_ = all_.size() / (4 * rows_);
  }
  std::span<const std::int64_t> of(std::size_t row, std::size_t signs) const {
    return std::span(all_).subspan((4 * row + signs) * numbers_, numbers_);
  }

 private:
  std::size_t rows_, numbers_ = 0;
  std::vector<std::int64_t> all_;
};

Key key_of(const storage::Results& results, std::int32_t vector,
           std::int32_t sae) {
  const auto& of = results.vectors.at(static_cast<std::size_t>(vector));
  return {of.behaviour, of.layer, sae};
}

bool resampled(const storage::Results& results, std::int32_t vector) {
  return results.vectors.at(static_cast<std::size_t>(vector)).resample >= 0;
}

void add_chance(const storage::Results& results,
                std::map<Key, CodeSigns>& all) {
  const NullCounts counts(results);
  for (std::size_t row = 0; row < results.sign_nulls.size(); ++row) {
    const storage::SignNullRow& null = results.sign_nulls[row];
    const auto found = all.find(key_of(results, null.vector, null.sae));
    if (found == all.end()) continue;  // no feature has a difference
    CodeSigns& signs = found->second;
    signs.shuffles = null.shuffles;
    signs.clusters = null.clusters;
    for (const std::size_t less : {0U, 1U}) {
      for (const std::size_t against : {0U, 1U}) {
        signs.chance[less][against] = chance_of(
            signs.crossed[less][against], counts.of(row, 2 * less + against));
      }
    }
  }
}

}  // namespace

std::vector<CodeSigns> code_signs(const storage::Results& results) {
  std::map<Key, CodeSigns> all;
  for (const storage::CodeDifferenceRow& row : results.code_differences) {
    if (resampled(results, row.vector)) continue;
    const Key key = key_of(results, row.vector, row.sae);
    CodeSigns& signs = all[key];
    std::tie(signs.behaviour, signs.layer, signs.sae) = key;
    signs.clusters =
        results.vectors.at(static_cast<std::size_t>(row.vector)).n_clusters;
    add(row, signs);
  }
  add_chance(results, all);
  std::vector<CodeSigns> out;
  for (auto& [key, signs] : all) {
    const bool few = 0 <= signs.clusters && signs.clusters < kFewestExchanged;
    if (signs.shuffles == 0 && few) {
      signs.remark = fmt::format("too few clusters ({})", signs.clusters);
    }
    out.push_back(std::move(signs));
  }
  return out;
}

}  // namespace coxswain::analysis
