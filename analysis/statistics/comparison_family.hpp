#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace coxswain::analysis {

// One comparison of a family: what each cluster has of a difference that is 0
// if the two things compared are the same.
struct ClusterComparison {
  int group = 0;              // of a behaviour: groups' signs are independent
  std::vector<int> clusters;  // numbers in the group, ascending
  std::vector<double> differences;  // of each; never NaN
  // Empty where the sign of every cluster's difference can be flipped. Else
  // which of two answers (1, -1; 0: both, counted half each) each cluster has:
  // there the null is that the content (mean_A + mean_B) / 2 is 0, whatever
  // follows the answer.
  std::vector<int> answers;
};

struct FamilyP {
  double p = 0;         // of the comparison alone, two-sided
  double adjusted = 0;  // of the family: step-down maxima
};

// Two-sided p, each comparison's own and adjusted over the family (Westfall and
// Young 1993, step-down maxima): one random sign a cluster and group, shared by
// all comparisons of the group. The statistic is |sum_g s_g u_g|, u =
// difference / |differences|_2. Signs are enumerated where all groups together
// have at most 15 clusters, p = as large / 2^G; else 19,999 draws are taken, p
// = (1 + as large) / (1 + drawn) (Phipson and Smyth 2010).
//
// Comparisons with `answers` take part by a wild cluster bootstrap with the
// null imposed (Cameron, Gelbach and Miller 2008): least squares of differences
// = content + letter x answer; residuals of content = 0 are flipped by cluster,
// content over its HC2 error is t (with one answer a cluster Welch's), brought
// to the scale of the others by t sqrt(G / (G - 1 + t^2)), which makes of a
// mean over its error the statistic above.
//
// A comparison without a difference other than 0 has NaN and is not counted, as
// is one with `answers` whose content cannot be told from the letter.
// Deterministic: the sign of a cluster is a hash of group, cluster and draw, so
// that the same comparisons in another order give the same numbers, and a
// comparison's own p where signs are drawn is the same in any family.
std::vector<FamilyP> family_p(std::span<const ClusterComparison> comparisons);

// The smallest p that `n_clusters` clusters can give: 2^(1 - G), or what 19,999
// draws can.
double smallest_p(std::size_t n_clusters);

}  // namespace coxswain::analysis
