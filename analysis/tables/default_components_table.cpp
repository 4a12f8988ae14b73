#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "analysis/coverage.hpp"
#include "analysis/decompositions.hpp"
#include "analysis/feature_activity.hpp"
#include "analysis/labels.hpp"
#include "analysis/report.hpp"
#include "analysis/vector_codes.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Code = const storage::DecompositionRow*;

// By SAE and vector (-1: the zero vector), at scale 1 under the SAE's own
// convention.
std::map<std::pair<std::int32_t, std::int32_t>, Code> codes_by_vector(
    const storage::Results& results) {
  std::map<std::pair<std::int32_t, std::int32_t>, Code> codes;
  for (const Code row : codes_of_vectors(results)) {
    if (row->scale == 1 && is_own_convention(results, *row)) {
      codes[{row->sae, row->vector}] = row;
    }
  }
  return codes;
}

std::int32_t number_of(const storage::Results& results, Code code) {
  return static_cast<std::int32_t>(code - results.decompositions.data());
}

// All codes, widened once.
class CodeValues {
 public:
  explicit CodeValues(const storage::Results& results)
      : results_(results),
        offsets_(storage::integers(at(results, "codes/offsets"))),
        features_(storage::integers(at(results, "codes/features"))),
        values_(storage::floats(at(results, "codes/values"))) {}

  // f(v) of one feature; NaN if the code was not computed.
  double of(Code code, std::int32_t feature) const {
    if (code->n_atoms < 0) return kNaN;
    const auto number = static_cast<std::size_t>(number_of(results_, code));
    for (auto i = static_cast<std::size_t>(offsets_.at(number));
         i < static_cast<std::size_t>(offsets_.at(number + 1)); ++i) {
      if (features_.at(i) == feature) return values_.at(i);
    }
    return 0;
  }

 private:
  static const storage::Array& at(const storage::Results& results,
                                  const char* name) {
    return storage::at(results.arrays, name, "results");
  }

  const storage::Results& results_;
  std::vector<std::int64_t> offsets_, features_;
  std::vector<float> values_;
};

}  // namespace

Table default_components_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "figure3";
  table.title =
      "Figure 3: the strongest feature of the zero vector's code, and what "
      "activations have of it";
  table.columns = {{"behaviour"},  {"SAE"},       {"feature"},    {"f(0)", 2},
                   {"f(v)", 2},    {"<v, E>", 2}, {"<x+, E>", 2}, {"f(x+)", 2},
                   {"<x-, E>", 2}, {"f(x-)", 2},  {"<h, E>", 2},  {"sd", 2},
                   {"f(h)", 2},    {"fires", 4},  {"tokens"}};
  table.notes = {
      "E: the feature's column of the encoder; x+ and x- the training pairs' "
      "letters, h the reference text but for its first tokens (means); sd of",
      "<h, E>; fires: share of the text's tokens. Where no feature fires on "
      "the zero vector, the strongest of the vector's own code is taken."};
  const FeatureActivities activities(results);
  if (activities.empty()) return table;
  const auto codes = codes_by_vector(results);
  if (codes.empty()) return table;
  const CodeValues values(results);
  const auto ranked = strongest_features(results);
  const auto strongest = [&](Code code) -> std::optional<std::int32_t> {
    const auto found = ranked.find(number_of(results, code));
    if (found == ranked.end()) return std::nullopt;
    return found->second.front()->feature;
  };
  for (const auto& [key, code] : codes) {
    const auto& [sae, vector] = key;
    if (vector < 0) continue;
    const auto zero = codes.find({sae, -1});
    auto feature = zero == codes.end() ? std::nullopt : strongest(zero->second);
    if (!feature) feature = strongest(code);
    if (!feature) continue;
    const std::int32_t behaviour =
        results.vectors[static_cast<std::size_t>(vector)].behaviour;
    const auto of = [&](std::int32_t whose, const char* group,
                        const char* excluded) {
      return activities.of(sae, *feature, whose, group, excluded);
    };
    const auto positive = of(behaviour, "positive", "none");
    const auto negative = of(behaviour, "negative", "none");
    const auto text = of(-1, "reference", "first");
    Coverage coverage = covered(results, code->cell);
    for (const std::int32_t whose : {behaviour, std::int32_t{-1}}) {
      const std::int64_t cell = activities.cell(sae, whose);
      if (cell >= 0) coverage += covered(results, cell);
    }
    table.coverage.push_back(coverage);
    table.rows.push_back(
        {behaviour_name(results, behaviour), sae_name(results, sae),
         std::int64_t{*feature},
         zero == codes.end() ? kNaN : values.of(zero->second, *feature),
         values.of(code, *feature), positive.projection - negative.projection,
         positive.projection, positive.mean, negative.projection, negative.mean,
         text.projection, text.projection_sd, text.mean, text.rate,
         count_cell(text.tokens)});
  }
  return table;
}

}  // namespace coxswain::analysis
