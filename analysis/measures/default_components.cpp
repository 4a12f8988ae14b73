#include "analysis/measures/default_components.hpp"

#include <limits>
#include <map>
#include <optional>
#include <tuple>

#include "analysis/measures/coverage.hpp"
#include "analysis/measures/vector_codes.hpp"

namespace coxswain::analysis {
namespace {

using storage::NormExclusion;
using storage::NormSource;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Code = const storage::DecompositionRow*;
// By SAE, vector (-1: the zero vector) and scale.
using Codes = std::map<std::tuple<std::int32_t, std::int32_t, double>, Code>;

Codes own_codes(const storage::Results& results) {
  Codes codes;
  for (const Code row : codes_of_vectors(results)) {
    if (is_own_convention(results, *row)) {
      codes[{row->sae, row->vector, row->scale}] = row;
    }
  }
  return codes;
}

std::int32_t number_of(const storage::Results& results, Code code) {
  return static_cast<std::int32_t>(code - results.decompositions.data());
}

// The codes of all decompositions, widened once.
class CodeValues {
 public:
  explicit CodeValues(const storage::Results& results)
      : results_(results),
        offsets_(storage::integers(at(results, "codes/offsets"))),
        features_(storage::integers(at(results, "codes/features"))),
        values_(storage::floats(at(results, "codes/values"))) {}

  // f(v) of one feature; NaN if the code was not computed.
  double of(Code code, std::int32_t feature) const {
    // -1 atoms: the cell was not computed. A feature that is not in a code has
    // 0.
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

// Finds the default component of each vector and SAE, and all that is known of
// it.
class Components {
 public:
  explicit Components(const storage::Results& results)
      : results_(results),
        codes_(own_codes(results)),
        values_(results),
        ranked_(strongest_features(results)),
        activities_(results),
        left_out_(text_exclusion(results, NormExclusion::first)) {}

  std::vector<DefaultComponent> all() const {
    std::vector<DefaultComponent> found;
    for (const auto& [key, code] : codes_) {
      const auto& [sae, vector, scale] = key;
      if (vector < 0 || scale != 1) continue;
      if (const auto feature = default_of(sae, code)) {
        found.push_back(of(code, *feature));
      }
    }
    return found;
  }

 private:
  Code zero(std::int32_t sae) const {
    const auto found = codes_.find({sae, -1, 1});
    return found == codes_.end() ? nullptr : found->second;
  }

  std::optional<std::int32_t> strongest(Code code) const {
    if (code == nullptr) return std::nullopt;
    const auto found = ranked_.find(number_of(results_, code));
    if (found == ranked_.end()) return std::nullopt;
    return found->second.front()->feature;
  }

  std::optional<std::int32_t> default_of(std::int32_t sae, Code code) const {
    // The zero vector's first: it is what every code has, whatever was encoded.
    const auto of_zero = strongest(zero(sae));
    return of_zero ? of_zero : strongest(code);
  }

  DefaultComponent of(Code code, std::int32_t feature) const {
    DefaultComponent one;
    one.sae = code->sae;
    one.vector = code->vector;
    one.behaviour =
        results_.vectors[static_cast<std::size_t>(code->vector)].behaviour;
    one.feature = feature;
    const Code of_zero = zero(code->sae);
    one.of_zero = of_zero == nullptr ? kNaN : values_.of(of_zero, feature);
    one.of_vector = values_.of(code, feature);
    one.code = covered(results_, code->cell);
    add_activity(one);
    add_scales(one);
    return one;
  }

  void add_activity(DefaultComponent& one) const {
    const auto of = [&](std::int32_t whose, NormSource group,
                        NormExclusion excluded) {
      return activities_.of(one.sae, one.feature, whose, group, excluded);
    };
    one.positive = of(one.behaviour, NormSource::positive, NormExclusion::none);
    one.negative = of(one.behaviour, NormSource::negative, NormExclusion::none);
    one.text = of(-1, NormSource::reference, left_out_);
    one.projection = one.positive.projection - one.negative.projection;
    for (const std::int32_t whose : {one.behaviour, std::int32_t{-1}}) {
      const std::int64_t cell = activities_.cell(one.sae, whose);
      if (cell >= 0) one.activity += covered(results_, cell);
    }
  }

  void add_scales(DefaultComponent& one) const {
    for (auto at = codes_.lower_bound(
             {one.sae, one.vector, -std::numeric_limits<double>::infinity()});
         at != codes_.end() && at->second->sae == one.sae &&
         at->second->vector == one.vector;
         ++at) {
      one.scaled.emplace_back(at->second->scale,
                              values_.of(at->second, one.feature));
      one.scales += covered(results_, at->second->cell);
    }
  }

  const storage::Results& results_;
  Codes codes_;
  CodeValues values_;
  std::map<std::int32_t, Ranked> ranked_;
  FeatureActivities activities_;
  NormExclusion left_out_;  // of reference text
};

}  // namespace

std::vector<DefaultComponent> default_components(
    const storage::Results& results) {
  if (codes_of_vectors(results).empty()) return {};
  return Components(results).all();
}

}  // namespace coxswain::analysis
