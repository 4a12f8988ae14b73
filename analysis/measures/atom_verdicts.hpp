#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "analysis/measures/atom_curves.hpp"
#include "analysis/statistics/first_passage.hpp"

namespace coxswain::analysis {

// What is asked of shares of the vector's content slope.
constexpr double kHalf = 0.5, kMost = 0.9;  // enough, nearly all
constexpr double kNeededShare = 0.1;        // that is lost without an atom
constexpr double kUniqueBelow = 0.5;        // that others may keep
constexpr double kAsGoodFrom =
    0.8;  // of what the first keep: others do as well

// Whether other atoms would have done as well.
enum class Uniqueness : std::uint8_t { not_decided, unique, not_unique };

// "not decided", "unique", "not unique".
const char* name_of(Uniqueness unique);

// An atom that was left out.
struct LeftOut {
  AtomEffect effect;
  // The vector's slope less that without the atom, as a share of the vector's.
  Interval lost;
  double p = 0, adjusted = 0;  // two-sided; over all atoms of the report
  bool needed = false;
};

// What the slopes of one curve say. Intervals are those of test clusters, for
// these training pairs.
struct AtomVerdict {
  AtomCurve curve;
  // Slopes as shares of the original's: of the first atoms, and where further
  // draws of random supports lie, all levels at once (prediction interval; NaN
  // limits of fewer than two draws). By level.
  std::vector<Interval> random;
  // At which level the first atoms keep half, and nearly all, of the slope.
  Passage half, most;
  // The smallest level whose share is above that by the test of all levels at
  // once, and is above the draws of random supports. None: not shown.
  std::optional<std::size_t> enough, enough_for_most;
  std::vector<LeftOut> left_out;  // of lengths as they are
  // Of that many strongest atoms: the sum of what each does alone less what
  // they do together, as a share of the vector's slope. 0: not measured.
  std::size_t n_added = 0;
  Interval excess{std::numeric_limits<double>::quiet_NaN(), 0, 0};
  Uniqueness unique = Uniqueness::not_decided;  // at level `enough`
};

// "8 [4, 16]", "> 32 [16, > 32]", of levels that begin above 1 "<= 4": a
// passage in numbers of atoms.
std::string passage_text(const AtomCurve& curve, const Passage& passage);

// Of every curve whose original steers and has clusters enough, in the order of
// atom_curves(). An atom is needed if the slope without it is smaller by p <
// 0.05 adjusted over all atoms of all verdicts (comparison_family.hpp), and by
// a tenth or more. At `enough` atoms the support is unique if of every disjoint
// one the upper limit is below kUniqueBelow; not unique if one keeps at least
// kAsGoodFrom of what the first keep (lower limit, Bonferroni over them).
std::vector<AtomVerdict> atom_verdicts(const ReportSource& source);

}  // namespace coxswain::analysis
