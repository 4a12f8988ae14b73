#include "runner/commands/report_choices.hpp"

#include "analysis/measures/decompositions.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/noise.hpp"
#include "analysis/measures/resampling.hpp"
#include "analysis/measures/row_words.hpp"
#include "runner/sweep/sweep_report.hpp"

namespace coxswain::runner {
namespace {

// What there is to be named.
ReportNames names_in(const storage::Results& results) {
  ReportNames names;
  for (const storage::VariantRow& row : results.variants) {
    if (analysis::is_resampled(row)) continue;
    const storage::VariantSource source = analysis::source_of(row);
    if (source == storage::VariantSource::original) {
      names.layers.insert(row.layer);
      continue;
    }
    if (analysis::is_support_control(results, row)) continue;
    if (row.decomposition >= 0) {
      names.methods.insert(analysis::method_name(
          results,
          results.decompositions[static_cast<std::size_t>(row.decomposition)]));
    }
    const std::string word = analysis::row_word(results, row);
    if (word.empty()) continue;
    (analysis::is_noise(source) ? names.noise : names.contrasts).insert(word);
  }
  return names;
}

}  // namespace

analysis::ReportChoices report_choices(const storage::Results& results,
                                       const std::vector<std::string>& set) {
  return changed_choices(sealed_choices(results.origin.sweep), set,
                         names_in(results));
}

}  // namespace coxswain::runner
