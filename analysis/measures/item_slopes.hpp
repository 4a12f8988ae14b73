#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// How one item's propensity, logit(matching) - logit(other), follows the
// multiplier.
struct ItemSlope {
  std::int32_t item = 0;        // row of tables/items
  double slope = 0;             // least squares, per multiplier
  double rank_correlation = 0;  // Spearman's; NaN if the propensity is constant
  double curvature = 0;  // x^2's coefficient of the least squares parabola; NaN
                         // of fewer than three multipliers
  // What the probability of the matching answer, of the two answers alone,
  // gains from multiplier 0 to that of VariantItems. In [-1, 1]; NaN without
  // either.
  double probability_change = 0;
};

// The items of one variant, ascending, without those that lack a number.
struct VariantItems {
  std::vector<ItemSlope> items;
  int n_items = 0, n_missing = 0;
  // Mean probability of the two answers together, unsteered and at the largest
  // multipliers of either sign; NaN where nothing of the kind was measured.
  double answer_mass_clean = 0, answer_mass_steered = 0;
  // Where probability_change ends: 1, or the largest positive multiplier of a
  // sweep without it; NaN without a positive one.
  double probability_multiplier = 0;
  // Whether each multiplier has its negative.
  bool symmetric = true;
};

// The slopes of each variant's items, by row of tables/variants.
std::vector<VariantItems> item_slopes(const storage::Results& results);

// The slopes of all items under all variants as CSV: variant, item (rows of
// tables/variants and items), slope, rank_correlation, curvature.
std::string item_slopes_csv(const storage::Results& results);

// Spearman's rank correlation, ties given their mean rank; NaN if either does
// not vary.
double rank_correlation(std::span<const double> x, std::span<const double> y);

// c of the least squares parabola y = a + b x + c x^2. NaN of fewer than three
// different x.
double curvature(std::span<const double> x, std::span<const double> y);

}  // namespace coxswain::analysis
