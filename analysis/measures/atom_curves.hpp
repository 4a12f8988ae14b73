#pragma once

#include <cstdint>
#include <vector>

#include "analysis/measures/atoms.hpp"
#include "analysis/measures/report_source.hpp"
#include "storage/results/enumerations.hpp"

namespace coxswain::analysis {

// Slopes of one number of atoms: of the strongest of a decomposition, and of
// what they are held against. Null or empty: not steered.
struct AtomLevel {
  int atoms = 0;
  const Steerability* first = nullptr;          // never null
  const Steerability* without_first = nullptr;  // all the others
  // A draw each: fits on so many decoder rows drawn at random, or on as many as
  // come as near to the vector as matching pursuit of so many atoms.
  std::vector<const Steerability*> random, cosine;
  // The strongest atoms of matching pursuits with all rows turned, a draw each,
  // and of those without the atoms of all earlier ones, in their order.
  std::vector<const Steerability*> rotated, disjoint;
};

// What few atoms of one decomposition of a behaviour's vector do.
struct AtomCurve {
  const Steerability* original = nullptr;  // never null
  std::int32_t decomposition = -1;         // row of tables/decompositions
  storage::NormRule norm = storage::NormRule::as_is;
  std::vector<AtomLevel> levels;  // ascending; at least one
};

// All that results have, of originals in the order of the variants; of each
// decomposition the curve of lengths as they are comes first. What they point
// into is the source's.
std::vector<AtomCurve> atom_curves(const ReportSource& source);

// What one atom does, and what is lost without it, lengths as they are. Null:
// not steered.
struct AtomEffect {
  Atom atom;
  std::size_t rank = 0;
  const Steerability* single = nullptr;
  const Steerability* minus = nullptr;  // the vector less that atom
  const Steerability* off = nullptr;    // the vector less its projection
};

// Of the atoms of the curve's decomposition of which something was steered.
std::vector<AtomEffect> atom_effects(const ReportSource& source,
                                     const AtomCurve& curve);

}  // namespace coxswain::analysis
