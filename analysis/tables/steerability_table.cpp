#include <fmt/format.h>

#include <limits>

#include "analysis/coverage.hpp"
#include "analysis/labels.hpp"
#include "analysis/report.hpp"
#include "analysis/steerability.hpp"

namespace coxswain::analysis {
namespace {

// Content slope over the original's, where the original steers at all.
TableCell retained(const Steerability& one, const Steerability* original) {
  if (original == nullptr || original->item_slopes.empty() ||
      one.item_slopes.empty()) {
    return std::string();
  }
  if (!steers(*original)) return std::string("original does not steer");
  return fmt::format("{:.0f} %", 100 * one.content_slope.estimate /
                                     original->content_slope.estimate);
}

// A variant of length zero adds nothing.
double per_dose(const Steerability& one) {
  return one.dose_per_multiplier == 0
             ? std::numeric_limits<double>::quiet_NaN()
             : one.content_slope.estimate / one.dose_per_multiplier;
}

}  // namespace

Table steerability_table(const storage::Results& results) {
  Table table;
  table.name = "steerability";
  table.title =
      "Steerability: slope of logit(matching) - logit(other) on the "
      "multiplier, 95 % bootstrap intervals";
  table.columns = {{"behaviour"},        {"layer"},           {"variant"},
                   {"content slope", 3}, {"letter slope", 3}, {"mean slope", 4},
                   {"negative", 2},      {"per dose", 2},     {"mass at 0", 3},
                   {"mass steered", 3},  {"cosine", 2},       {"n"},
                   {"retained"}};
  const std::vector<Steerability> all = steerability(results);
  const std::vector<Coverage> coverage = covered_variants(results);
  for (const Steerability& one : all) {
    const auto& variant =
        results.variants[static_cast<std::size_t>(one.variant)];
    table.coverage.push_back(coverage[static_cast<std::size_t>(one.variant)]);
    table.rows.push_back({behaviour_name(results, variant.behaviour),
                          std::int64_t{variant.layer},
                          variant_name(results, variant), one.content_slope,
                          one.letter_slope, one.mean_slope, one.share_negative,
                          per_dose(one), one.answer_mass_clean,
                          one.answer_mass_steered, variant.cosine,
                          std::int64_t{one.n_items - one.n_missing},
                          retained(one, original_of(results, all, variant))});
  }
  table.notes = {
      "content slope: mean of the slopes of items whose matching letter is A "
      "and of those with B (answers in words: plain mean);",
      "letter slope: half their difference, what follows the letter and not "
      "the content. Vectors as long as the original's.",
      "mass: probability of the two answers together, unsteered and at the "
      "largest multipliers; negative: share of items with a negative slope;",
      "per dose: content slope per median activation norm added. Random "
      "directions, not zero, are what a slope of words must be compared with."};
  return table;
}

}  // namespace coxswain::analysis
