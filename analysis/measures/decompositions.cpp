#include "analysis/measures/decompositions.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "analysis/measures/labels.hpp"

namespace coxswain::analysis {
namespace {

using storage::DecompositionRow;

// What was taken apart and how, whatever was done with b_dec.
auto question(const DecompositionRow& row) {
  return std::tuple(row.vector, row.sae, row.method, row.parameter, row.control,
                    row.seed, row.other, row.scale);
}

// Rows with the least penalty among those for the same question.
template <class Penalty>
Picked least(const Picked& rows, const Penalty& penalty) {
  std::map<decltype(question({})), int> lowest;
  for (const DecompositionRow* row : rows) {
    const int own = penalty(*row);
    int& so_far = lowest.try_emplace(question(*row), own).first->second;
    so_far = std::min(so_far, own);
  }
  Picked picked;
  for (const DecompositionRow* row : rows) {
    if (penalty(*row) == lowest.at(question(*row))) picked.push_back(row);
  }
  return picked;
}

}  // namespace

Picked without_b_dec(const storage::Results& results) {
  Picked rows;
  for (const DecompositionRow& row : results.decompositions) {
    // Vectors of resampled pairs tell how sure the vector is; nobody wants a
    // table row for each; nor for draws that decompositions are held against.
    if (row.resample < 0 && row.draw < 0) rows.push_back(&row);
  }
  return least(rows, [](const auto& row) { return int{row.b_dec_output}; });
}

Picked own_convention(const storage::Results& results, const Picked& rows) {
  return least(rows, [&](const auto& row) {
    return is_own_convention(results, row) ? 0 : 1;
  });
}

bool is_own_convention(const storage::Results& results,
                       const DecompositionRow& row) {
  return row.b_dec_input ==
         results.saes.at(static_cast<std::size_t>(row.sae)).b_dec_input;
}

std::string convention_name(const storage::Results& results,
                            const DecompositionRow& row) {
  const std::string name = is_own_convention(results, row) ? "own" : "other";
  return row.b_dec_output == 0 ? name : name + ", added";
}

bool is_support_control(const storage::Results& results,
                        const storage::DecompositionRow& row) {
  return row.draw >= 0 &&
         enumerated(results, "methods", row.method) != "support";
}

bool is_support_control(const storage::Results& results,
                        const storage::VariantRow& row) {
  return row.decomposition >= 0 &&
         is_support_control(
             results,
             results
                 .decompositions[static_cast<std::size_t>(row.decomposition)]);
}

}  // namespace coxswain::analysis
