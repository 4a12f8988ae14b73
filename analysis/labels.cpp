#include "analysis/labels.hpp"

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

std::string variant_name(const storage::Results& results,
                         const storage::VariantRow& variant) {
  std::string name = enumerated(results, "variants", variant.source);
  if (variant.decomposition >= 0) {
    const auto& decomposition =
        results.decompositions[static_cast<std::size_t>(variant.decomposition)];
    name += " (" + enumerated(results, "methods", decomposition.method);
    if (results.saes.size() > 1) {
      name += ", " + sae_name(results, decomposition.sae);
    }
    name += ")";
  }
  if (variant.seed >= 0) name += " " + std::to_string(variant.seed);
  return name;
}

}  // namespace coxswain::analysis
