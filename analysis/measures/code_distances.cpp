#include "analysis/measures/code_distances.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "analysis/measures/labels.hpp"
#include "analysis/measures/noise.hpp"

namespace coxswain::analysis {
namespace {

using storage::Control;
using storage::DecompositionRow;

using Code = std::map<std::int32_t, double>;  // values of features, others 0

std::map<std::int32_t, Code> stored_codes(const storage::Results& results) {
  std::map<std::int32_t, Code> codes;
  for (const storage::FeatureRow& row : results.features) {
    codes[row.decomposition][row.feature] = row.value;
  }
  return codes;
}

double distance(const Code& a, const Code& b) {
  double squares = 0;
  for (const auto& [feature, value] : a) {
    const auto found = b.find(feature);
    const double other = found == b.end() ? 0 : found->second;
    squares += (value - other) * (value - other);
  }
  for (const auto& [feature, value] : b) {
    if (!a.contains(feature)) squares += value * value;
  }
  return std::sqrt(squares);
}

std::size_t shared(const Ranked& one, const Ranked& other) {
  return static_cast<std::size_t>(
      std::ranges::count_if(one, [&](const storage::FeatureRow* row) {
        return std::ranges::any_of(
            other, [&](const auto* of) { return of->feature == row->feature; });
      }));
}

// Codes by `encode` at scale 1, by the SAE and what is taken apart.
class Encoded {
 public:
  explicit Encoded(const storage::Results& results)
      : results_(results),
        codes_(stored_codes(results)),
        top_(strongest_features(results)) {
    for (const auto* row : own_convention(results, without_b_dec(results))) {
      // What was not computed yet is no code without features.
      if (row->scale == 1 && row->n_atoms >= 0 &&
          enumerated(results, "methods", row->method) == "encode") {
        rows_.push_back(row);
      }
    }
  }

  std::vector<CodeDistance> distances() const {
    std::vector<CodeDistance> all;
    for (const DecompositionRow* row : rows_) {
      const DecompositionRow* zero = zero_of(*row);
      if (is(row->control, Control::none) && row->vector >= 0 &&
          zero != nullptr) {
        all.push_back(distance_of(*row, *zero));
      }
    }
    std::ranges::stable_sort(all, {}, &CodeDistance::sae);
    return all;
  }

 private:
  const DecompositionRow* zero_of(const DecompositionRow& row) const {
    const auto found =
        std::ranges::find_if(rows_, [&](const DecompositionRow* one) {
          return is(one->control, Control::zero) && one->sae == row.sae;
        });
    return found == rows_.end() ? nullptr : *found;
  }

  std::int32_t number(const DecompositionRow& row) const {
    return static_cast<std::int32_t>(&row - results_.decompositions.data());
  }
  const Code& code(const DecompositionRow& row) const {
    const auto found = codes_.find(number(row));
    return found == codes_.end() ? none_ : found->second;
  }
  Ranked top(const DecompositionRow& row) const {
    const auto found = top_.find(number(row));
    return found == top_.end() ? Ranked{} : found->second;
  }

  CodeDistance distance_of(const DecompositionRow& row,
                           const DecompositionRow& zero) const {
    CodeDistance out{row.vector, row.sae, top(row), top(zero), 0, 0, {}};
    out.shared = shared(out.top, out.top_of_zero);
    out.distance = distance(code(row), code(zero));
    for (const DecompositionRow* one : rows_) {
      const auto control = static_cast<Control>(one->control);
      if (one->vector == row.vector && one->sae == row.sae &&
          is_noise(control)) {
        out.of_noise[control].push_back(distance(code(*one), code(zero)));
      }
    }
    return out;
  }

  const storage::Results& results_;
  std::map<std::int32_t, Code> codes_;
  Code none_;  // of a code without features
  std::map<std::int32_t, Ranked> top_;
  Picked rows_;
};

}  // namespace

std::vector<CodeDistance> code_distances(const storage::Results& results) {
  return Encoded(results).distances();
}

}  // namespace coxswain::analysis
