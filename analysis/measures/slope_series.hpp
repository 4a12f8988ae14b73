#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analysis/forms/table.hpp"
#include "analysis/measures/report_source.hpp"
#include "storage/results/enumerations.hpp"

namespace coxswain::analysis {

// Variants of one behaviour that differ in the layer alone; of noise, in layer
// and seed.
struct SlopeSeries {
  std::string name;
  storage::VariantSource source;
  std::vector<const Steerability*> slopes;  // ascending by layer
};

// Whether the series is of directions without a meaning, as long as the vector.
bool is_noise(const SlopeSeries& series);

// The series of one behaviour, in the order of the results. An SAE is in a name
// only where a layer has several. Variants of resampled vectors are in none.
std::vector<SlopeSeries> slope_series(const ReportSource& source,
                                      std::int32_t behaviour);

// Whether the series is of reconstructions that are not made as long as the
// vector.
bool has_own_length(const ReportSource& source, const SlopeSeries& series);

// The layer that a variant is added at.
std::int32_t layer_of(const ReportSource& source, const Steerability& one);

// Layers of all series, ascending, each once.
std::vector<std::int32_t> layers_of(const ReportSource& source,
                                    const std::vector<SlopeSeries>& all);

// How many of the cells behind all series were computed.
Coverage cells_of(const ReportSource& source,
                  const std::vector<SlopeSeries>& all);

// "n = 50, 25 clusters", "n = 48 to 50, 24 to 25 clusters": the items that
// slopes are means of, and the clusters that they fall into.
std::string items_of(const std::vector<const Steerability*>& slopes);

// Where the behaviour's original vectors steer, and why not elsewhere: "The
// original steers: at layers 12, 15; not at layer 5 (interval includes 0)."
// Empty without an original. Of several doses the first one, of several
// operations the main one.
std::string steering_note(const ReportSource& source, std::int32_t behaviour);

// Largest |content slope|; 0 where none was computed.
double largest_slope(const SlopeSeries& series);

}  // namespace coxswain::analysis
