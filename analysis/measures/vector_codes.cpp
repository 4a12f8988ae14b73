#include "analysis/measures/vector_codes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "analysis/forms/cell_text.hpp"
#include "analysis/measures/labels.hpp"
#include "storage/results/enumerations.hpp"

namespace coxswain::analysis {
namespace {
using storage::Control;

constexpr std::size_t kTop = 5;

}  // namespace

std::map<std::int32_t, Ranked> strongest_features(
    const storage::Results& results) {
  std::map<std::int32_t, Ranked> features;
  for (const storage::FeatureRow& row : results.features) {
    Ranked& ranked = features[row.decomposition];
    if (ranked.size() < kTop) ranked.push_back(&row);
  }
  return features;
}

std::string spelled(const Ranked& features) {
  std::string text;
  for (const storage::FeatureRow* one : features) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", one->feature,
                        decimal_text(one->value, 2));
  }
  return text.empty() ? "none" : text;
}

std::vector<std::int32_t> ids_of(const Ranked& features) {
  std::vector<std::int32_t> ids;
  for (const storage::FeatureRow* one : features) ids.push_back(one->feature);
  return ids;
}

Picked codes_of_vectors(const storage::Results& results) {
  Picked rows;
  for (const storage::DecompositionRow* row : without_b_dec(results)) {
    if (enumerated(results, "methods", row->method) == "encode" &&
        (is(row->control, Control::none) || is(row->control, Control::zero))) {
      rows.push_back(row);
    }
  }
  std::ranges::stable_sort(rows, {}, [&](const auto* row) {
    return std::tuple(row->sae, !is_own_convention(results, *row), row->vector,
                      row->scale);
  });
  return rows;
}

std::string vector_name(const storage::Results& results, std::int32_t row) {
  return row < 0
             ? "zero vector"
             : behaviour_name(
                   results,
                   results.vectors[static_cast<std::size_t>(row)].behaviour);
}

}  // namespace coxswain::analysis
