#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/measures/atom_verdicts.hpp"

namespace coxswain::analysis {

// What a vector's strongest atoms are compared with, each beside what chance
// gives: atoms of noise among each other. (Of features drawn uniformly nearly
// none would be shared; but decompositions prefer some features whatever the
// vector.)
enum class OtherSupport : std::uint8_t {
  resampled,    // the vector of resampled training clusters
  method,       // the vector by another method
  behaviour,    // another behaviour's vector: the same in other words, perhaps
  covariance,   // among covariance noise
  shuffled,     // among vectors of exchanged labels
  decoder_rows  // the vector by another SAE, atoms matched by decoder rows
};

// "vectors of resampled pairs", ...
const char* name_of(OtherSupport other);

// How much of the strongest atoms is shared, over some pairs of decompositions.
struct SupportOverlap {
  OtherSupport other = OtherSupport::resampled;
  std::string name = "";  // of the method, behaviour or SAE; empty: of many
  std::size_t atoms = 0;  // that either has at most
  std::size_t pairs = 0;
  // |A and B| / |A or B|, mean, least and most over the pairs.
  Interval jaccard;
  // Spearman's, of the coefficients of all features in either, 0 where one has
  // not; mean over the pairs. NaN where it has no value.
  double rank_correlation = 0;
};

// Of the `atoms` strongest of a decomposition (row of tables/decompositions).
std::vector<SupportOverlap> support_overlaps(const ReportSource& source,
                                             const AtomCurve& curve,
                                             std::size_t atoms);

// Decoder rows of two SAEs are one atom if this or more is their |cosine|.
constexpr double kSameRow = 0.7;

}  // namespace coxswain::analysis
