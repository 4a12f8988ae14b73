#include "analysis/measures/row_words.hpp"

#include <fmt/format.h>

#include "analysis/measures/labels.hpp"
#include "analysis/measures/resampling.hpp"

namespace coxswain::analysis {

std::string row_word(const storage::Results& results,
                     const storage::VariantRow& row) {
  using storage::VariantSource;
  if (is_resampled(row)) return "";
  std::string kind = enumerated(results, "variants", row.source);
  if (is_stretched(row)) kind += "-stretched";
  if (row.decomposition < 0 || is(row.part, storage::Part::all)) return kind;
  if (source_of(row) != VariantSource::reconstruction) return "";
  const std::string part = enumerated(results, "parts", row.part);
  return row.part_k < 0 ? part : fmt::format("{}:{}", part, row.part_k);
}

}  // namespace coxswain::analysis
