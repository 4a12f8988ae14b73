#pragma once

#include <vector>

#include "analysis/measures/comparisons.hpp"
#include "analysis/measures/report_choices.hpp"
#include "analysis/measures/retained_ratios.hpp"
#include "analysis/measures/steerability.hpp"
#include "analysis/measures/steers.hpp"
#include "analysis/statistics/ratio_set.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// What tables and figures are made of: the results, and what takes long to make
// of them and is shown in several. An entry a variant in each list, or none.
// The results have to outlive it.
struct ReportSource {
  const storage::Results& results;
  std::vector<Steerability> slopes = {};
  std::vector<Verdict> verdicts = {};
  std::vector<RatioSet> retained = {};
  Comparisons comparisons = {};
  ReportChoices choices = {};  // what is to be singled out
};

// All of it: slopes with what training adds to their intervals, the one verdict
// on whether an original steers, what is retained of those that do, and the
// families of comparisons.
ReportSource report_source(const storage::Results& results,
                           const ReportChoices& choices = {});

// Whether the original that `one` is, or stands in for, steers.
bool steers(const ReportSource& source, const Steerability& one);

}  // namespace coxswain::analysis
