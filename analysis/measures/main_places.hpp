#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/measures/report_source.hpp"

namespace coxswain::analysis {

// Why a behaviour's layer is the one that is singled out.
enum class Chosen : std::uint8_t {
  only,     // it is the only one
  sae,      // the only one that an SAE is for
  largest,  // of several the one of the largest |content slope|
  named,    // the sweep named it before there were data
  picked,   // it was named afterwards, out of all
};

// The original vector that stands for a behaviour where one has to.
struct MainPlace {
  const Steerability* original = nullptr;  // never null
  Chosen chosen = Chosen::only;
  std::size_t candidates = 1;  // layers that it was chosen from
};

// How many times the claims about it there might have been: of a place that
// was picked afterwards its candidates, of others 1.
std::size_t picked_from(const MainPlace& place);
// Whether it was taken from its candidates when their numbers could be seen.
bool is_selected(Chosen chosen);

// One entry a behaviour that has a measured original, in the order of the
// results. A layer that the sweep gives comes first: the only one that was
// steered, or the only one of those that has an SAE; else, of the layers with
// an SAE, or of all if none has one, that of the largest |content slope|. Where
// layers are named ([report] layers) an entry for each that the behaviour has,
// in that order. Of several doses the first one counts, of several operations
// the main one (steered_place.hpp). Refers to `source`.
std::vector<MainPlace> main_places(const ReportSource& source);

// One original a behaviour that was measured on items and has no main place,
// because no original has a content slope: too few clusters, of one answer at
// least (too_few() says which). In the order of the results.
std::vector<const Steerability*> untold_originals(const ReportSource& source);

// What is set beside an original as long as it, where it was added.
struct MainVariants {
  // Whole ones, in the order of the results; those of the zero vector apart.
  std::vector<const Steerability*> reconstructions, of_zero;
  std::vector<const Steerability*> silent;  // of both, what adds nothing
  bool own_length =
      false;  // whether reconstructions of other lengths are there
  // Reconstructions that those above were taken from: all of them, unless
  // methods were named before there were data.
  std::size_t candidates = 0;
};

// All that there are.
MainVariants variants_beside(const ReportSource& source,
                             const Steerability& original);
// Those that a report singles out: of the methods that are named ([report]
// methods), in that order, or all.
MainVariants main_variants(const ReportSource& source,
                           const Steerability& original);
// Takes out what is made by a method that is not named, where some are, and
// brings the others into the order of the names.
void keep_named_methods(const ReportSource& source,
                        std::vector<const Steerability*>& all);

// Its row of tables/variants, and the one of tables/decompositions that it is
// made of; nullptr if it is of none.
const storage::VariantRow& variant_row(const ReportSource& source,
                                       const Steerability& one);
const storage::DecompositionRow* decomposition_row(const ReportSource& source,
                                                   const Steerability& one);

}  // namespace coxswain::analysis
