#include <fmt/format.h>

#include "runner/plan/names.hpp"
#include "runner/stages/variant_requests.hpp"

// What keys of variants say: all that one is made of, whatever else the sweep
// has.

namespace coxswain::runner {

// What a variant's key says of its operation: nothing of addition, the only one
// there was before.
std::string VariantRequests::operation_name(const storage::VariantRow& row) {
  return is(row.operation, jobs::Operation::add)
             ? std::string()
             : fmt::format(" operation={}", row.operation);
}

// What a variant's key says of its dose: nothing of the raw one, the only one
// there was before.
std::string VariantRequests::dose_name(const storage::VariantRow& row) const {
  const auto rule = static_cast<jobs::DoseRule>(row.dose_rule);
  if (rule == jobs::DoseRule::raw) return {};
  std::string behaviours;
  for (const storage::VectorRow& vector : plan_.tables.vectors) {
    if (rule == jobs::DoseRule::behaviour_mean && vector.model == row.model &&
        vector.layer == row.layer && vector.method == kMeanDifference) {
      behaviours +=
          " " + builder_.name_of(row_of<storage::CellRow>(vector.cell));
    }
  }
  return fmt::format(" dose={}{}", row.dose_rule, behaviours);
}

// What a variant's key says of those that act beside its own vector.
std::string VariantRequests::others_of(const storage::VariantRow& row) const {
  std::string names;
  for (std::int32_t i = 1; i < row.together; ++i) {
    const storage::VectorRow& vector =
        at(plan_.tables.vectors, row_of<storage::VectorRow>(row.vector + i));
    names += " " + builder_.name_of(row_of<storage::CellRow>(vector.cell));
  }
  return names.empty() ? names : " together=" + names;
}

// What a variant's key says of the feature that it is of.
std::string VariantRequests::feature_of(const storage::VariantRow& row) const {
  if (row.feature < 0) return {};
  const SaeIndex sae(static_cast<std::size_t>(row.sae));
  const bool clamped = is(row.operation, jobs::Operation::clamp);
  return fmt::format(
      " feature={}{}", feature_name(plan_, sae, row.feature, clamped),
      clamped ? fmt::format(" clamp={}", row.clamped_to) : std::string());
}

storage::Key VariantRequests::key_of(
    const storage::VariantRow& row, const jobs::VariantRequest& request) const {
  const auto cell_of = [&](const auto& rows, std::int32_t index) {
    return index < 0 ? std::string("none")
                     : builder_.name_of(row_of<storage::CellRow>(
                           rows[static_cast<std::size_t>(index)].cell));
  };
  return builder_.key_of(fmt::format(
      "variant/2 source={} vector={} other={} decomposition={} part={}:{} "
      "norm={} sign={} random={} tokens={},{}{}{}{}{}{}",
      row.source, cell_of(plan_.tables.vectors, row.vector),
      cell_of(plan_.tables.vectors, row.other),
      cell_of(plan_.tables.decompositions, row.decomposition), row.part,
      row.part_k, row.norm_rule, row.sign_rule, hex(request.random_key),
      request.token_a, request.token_b, dose_name(row), operation_name(row),
      others_of(row),
      request.n_clusters > 0 ? fmt::format(" clusters={}", request.n_clusters)
                             : std::string(),
      feature_of(row)));
}

}  // namespace coxswain::runner
