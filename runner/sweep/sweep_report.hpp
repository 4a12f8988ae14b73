#pragma once

#include <set>
#include <string>
#include <vector>

#include "analysis/measures/report_choices.hpp"
#include "runner/sweep/sweep.hpp"
#include "runner/sweep/table_reader.hpp"

namespace coxswain::runner {

// What a report of a sweep, or of its results, can single out.
struct ReportNames {
  std::set<std::int32_t> layers;
  std::set<std::string> methods;
  // row_word()s of what is compared with originals, and of noise.
  std::set<std::string> contrasts, noise;
};
ReportNames report_names(const Sweep& sweep);

// [report]. Throws ProgramError (bad_sweep), also for what is not among the
// names; without names anything is taken.
analysis::ReportChoices read_report(TableReader& root,
                                    const ReportNames* names);

// [report] as TOML, "" if nothing is chosen.
std::string report_text(const analysis::ReportChoices& choices);

// The choices that results were sealed with, by their sweep's text; none if it
// can't be read: results of any version have a report.
analysis::ReportChoices sealed_choices(const std::string& sweep);

// `sealed` as the command line changes it ("report.layers=[15]"), among what
// the results have: whatever else is singled out is picked afterwards. Throws
// ProgramError (bad_sweep).
analysis::ReportChoices changed_choices(const analysis::ReportChoices& sealed,
                                        const std::vector<std::string>& set,
                                        const ReportNames& names);

// Marks what of `now` is other than `first`, the choices of a run's first
// start, as picked afterwards.
void mark_afterwards(const analysis::ReportChoices& first,
                     analysis::ReportChoices& now);

}  // namespace coxswain::runner
