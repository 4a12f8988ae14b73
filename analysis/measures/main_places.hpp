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
};

// The original vector that stands for a behaviour where one has to.
struct MainPlace {
  const Steerability* original = nullptr;  // never null
  Chosen chosen = Chosen::only;
  std::size_t candidates = 1;  // layers that it was chosen from
};

// One entry a behaviour that has a measured original, in the order of the
// results. A layer that the sweep gives comes first: the only one that was
// steered, or the only one of those that has an SAE; else, of the layers with
// an SAE, or of all if none has one, that of the largest |content slope|. Of
// several doses the first one counts. Refers to `source`.
std::vector<MainPlace> main_places(const ReportSource& source);

// What is set beside an original as long as it, where it was added.
struct MainVariants {
  // Whole ones, in the order of the results; those of the zero vector apart.
  std::vector<const Steerability*> reconstructions, of_zero;
  std::vector<const Steerability*> silent;  // of both, what adds nothing
  bool own_length =
      false;  // whether reconstructions of other lengths are there
};

MainVariants main_variants(const ReportSource& source,
                           const Steerability& original);

// Its row of tables/variants, and the one of tables/decompositions that it is
// made of; nullptr if it is of none.
const storage::VariantRow& variant_row(const ReportSource& source,
                                       const Steerability& one);
const storage::DecompositionRow* decomposition_row(const ReportSource& source,
                                                   const Steerability& one);

}  // namespace coxswain::analysis
