#include "analysis/measures/report_source.hpp"

#include <cassert>

#include "analysis/measures/resampling.hpp"

namespace coxswain::analysis {

ReportSource report_source(const storage::Results& results,
                           const ReportChoices& choices) {
  ReportSource source{results};
  source.choices = choices;
  source.slopes = steerability(results);
  add_training(results, source.slopes);
  source.verdicts = verdicts(results, source.slopes);
  source.retained = retained_ratios(results, source.slopes, source.verdicts);
  source.comparisons = comparisons(results, source.slopes, choices);
  return source;
}

bool steers(const ReportSource& source, const Steerability& one) {
  const auto variant = static_cast<std::size_t>(one.variant);
  assert(variant < source.verdicts.size());
  return source.verdicts[variant].steers == Steers::yes;
}

}  // namespace coxswain::analysis
