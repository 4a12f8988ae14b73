#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/measures/report_choices.hpp"
#include "analysis/measures/steerability.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// The families that p is adjusted over (comparison_family.hpp).
enum class Family : std::uint8_t {
  none,
  main,         // whole reconstructions as long as their original
  exploratory,  // parts, other lengths, and whatever else was steered
  slopes,       // originals against 0
  // Of layers that the sweep does not name, where it names some, and of
  // operations that are not the behaviour's main one (steered_place.hpp).
  other_slopes,
};

// "main", "exploratory", "slopes", "other slopes"; empty for none.
std::string name_of(Family family);

// One variant's slope against that of its original (of an original: against 0).
struct Compared {
  Family family = Family::none;
  double p = 0;             // its own, two-sided; NaN: not tested
  double adjusted = 0;      // over its family
  std::string remark = "";  // why it was not tested, where it might be
};

// How many comparisons a family has, and the clusters behind them.
struct FamilySize {
  std::size_t n = 0;
  std::size_t fewest = 0, most = 0;  // clusters of a comparison
  double floor = 0;  // no p of `fewest` clusters is below; NaN of none
};

// "1 comparison on 8 clusters, p at least 0.0078", "80 comparisons on 6 to 20
// clusters, p at least 0.031 on 6".
std::string size_text(const FamilySize& size);

// All comparisons of a report.
struct Comparisons {
  std::vector<Compared> of;  // an entry a variant
  FamilySize main, exploratory, slopes, other_slopes;
};

// Noise and resampled vectors are not compared; nor is what adds nothing (norm
// 0) or adds the same bytes (arrays/variant_vectors) as its original or as a
// variant before it; nor what has too few clusters in common with its original.
// Step-down maxima over all behaviours and layers, signs of behaviours
// independent. `slopes` has an entry a variant.
//
// What was named before there were data (`choices`) is the main family: of the
// layers, methods and contrasts that are named the others are exploratory, and
// originals of other layers are a family of their own; so are those of other
// operations than the main one, and their variants are exploratory. Layers and
// methods that were named afterwards change no family; contrasts that were are
// chosen out of everything, which is one family then.
Comparisons comparisons(const storage::Results& results,
                        const std::vector<Steerability>& slopes,
                        const ReportChoices& choices = {});

}  // namespace coxswain::analysis
