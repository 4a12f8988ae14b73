#include "analysis/labels.hpp"

#include <fmt/format.h>

namespace coxswain::analysis {
namespace {

template <class Row>
std::string name_at(const std::vector<Row>& rows, std::int32_t row) {
  return row >= 0 && row < std::ssize(rows)
             ? rows[static_cast<std::size_t>(row)].name.str()
             : "?";
}

}  // namespace

std::string behaviour_name(const storage::Results& results, std::int32_t row) {
  return name_at(results.behaviours, row);
}

std::string sae_name(const storage::Results& results, std::int32_t row) {
  return name_at(results.saes, row);
}

std::string enumerated(const storage::Results& results,
                       const std::string& enumeration, std::int32_t id) {
  for (const auto& [name, rows] : results.names) {
    if (name == enumeration) return name_at(rows, id);
  }
  return "?";
}

std::string method_name(const storage::Results& results,
                        const storage::DecompositionRow& row) {
  std::string name = enumerated(results, "methods", row.method);
  if (row.parameter != 0) name += fmt::format(":{}", row.parameter);
  return name;
}

std::string part_name(const storage::Results& results, std::int32_t part,
                      std::int32_t k) {
  const std::string name = enumerated(results, "parts", part);
  return k < 0 ? name : fmt::format("{} {}", name, k);
}

std::string variant_name(const storage::Results& results,
                         const storage::VariantRow& variant) {
  std::string name = enumerated(results, "variants", variant.source);
  if (variant.decomposition >= 0) {
    const auto& decomposition =
        results.decompositions[static_cast<std::size_t>(variant.decomposition)];
    name += " (" + method_name(results, decomposition);
    if (variant.part != 0) {
      name += ", " + part_name(results, variant.part, variant.part_k);
    }
    if (results.saes.size() > 1) {
      name += ", " + sae_name(results, decomposition.sae);
    }
    // Equal length is the rule; what keeps its own is said.
    if (enumerated(results, "norm_rules", variant.norm_rule) == "as_is") {
      name += ", own length";
    }
    name += ")";
  }
  if (variant.other >= 0) {
    name +=
        " " +
        behaviour_name(
            results,
            results.vectors[static_cast<std::size_t>(variant.other)].behaviour);
  }
  if (variant.seed >= 0) name += " " + std::to_string(variant.seed);
  return name;
}

}  // namespace coxswain::analysis
