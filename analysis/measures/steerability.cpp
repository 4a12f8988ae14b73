#include "analysis/measures/steerability.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <string>

#include "analysis/measures/item_slopes.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/statistics/comparison.hpp"
#include "analysis/statistics/item_resamples.hpp"

namespace coxswain::analysis {
namespace {

using storage::VariantSource;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// The vector that a variant stands in for, and the rule of its dose.
std::pair<std::int32_t, std::int32_t> place_of(
    const storage::VariantRow& variant) {
  return {variant.vector, variant.dose_rule};
}

class Estimator {
 public:
  explicit Estimator(const storage::Results& results) : results_(results) {}

  Steerability estimate(std::int32_t variant, VariantItems&& of) {
    Steerability out;
    out.variant = variant;
    out.n_items = of.n_items;
    out.n_missing = of.n_missing;
    out.answer_mass_clean = of.answer_mass_clean;
    out.answer_mass_steered = of.answer_mass_steered;
    std::vector<double> correlations, curvatures;
    double negative = 0;
    for (const ItemSlope& item : of.items) {
      out.items.push_back(item.item);
      out.item_slopes.push_back(item.slope);
      correlations.push_back(item.rank_correlation);
      curvatures.push_back(item.curvature);
      negative += item.slope < 0 ? 1 : 0;
    }
    out.mean_slope = mean(out.item_slopes);
    out.share_negative = negative / static_cast<double>(of.items.size());
    out.rank_correlation = mean_present(correlations);
    out.curvature = mean_present(curvatures);
    out.retained = {kNaN, kNaN, kNaN};
    out.p_same = kNaN;
    const storage::VariantRow& row = variant_row(variant);
    // In medians of the training activations' norms, so that layers can be
    // compared.
    out.dose_per_multiplier =
        row.norm / results_.vectors[static_cast<std::size_t>(row.vector)]
                       .median_activation_norm;
    const ItemResamples& resamples = resamples_of(out.items);
    const LetterSlopes slopes = resamples.estimate(out.item_slopes);
    ItemResamples::Draws draws = resamples.draws(out.item_slopes);
    out.standard_error = standard_error(draws.content);
    out.content_slope =
        percentile_interval(slopes.content, std::move(draws.content));
    out.letter_slope =
        percentile_interval(slopes.letter, std::move(draws.letter));
    return out;
  }

  // Gives `original` an interval that has the vector's uncertainty in it.
  void add_vectors(const std::vector<const Steerability*>& resampled,
                   Steerability& original) {
    std::vector<std::vector<double>> draws;
    for (const Steerability* one : resampled) {
      if (one->items != original.items) continue;  // not all of it is there
      draws.push_back(resamples_of(one->items).draws(one->item_slopes).content);
    }
    // One resample has no spread: the interval stays that of the items.
    if (draws.size() < 2) return;
    // Items differ from draw to draw already: taking the vectors in turn pairs
    // them at random.
    std::vector<double> both(kResamples);
    for (std::size_t i = 0; i < both.size(); ++i) {
      both[i] = draws[i % draws.size()][i];
    }
    original.n_vectors = static_cast<int>(draws.size());
    original.standard_error = standard_error(both);
    original.content_slope =
        percentile_interval(original.content_slope.estimate, std::move(both));
  }

  void compare(const Steerability& original, Steerability& one) {
    assert(original.items.size() == original.item_slopes.size());
    assert(one.items.size() == one.item_slopes.size());
    assert(std::ranges::is_sorted(original.items) &&
           std::ranges::is_sorted(one.items));
    std::vector<std::int32_t> items;
    std::vector<double> own, its;
    // Both lists ascend: what they share is found in one walk.
    for (std::size_t i = 0, j = 0;
         i < one.items.size() && j < original.items.size();) {
      if (one.items[i] < original.items[j]) {
        ++i;
      } else if (original.items[j] < one.items[i]) {
        ++j;
      } else {
        items.push_back(one.items[i]);
        own.push_back(one.item_slopes[i++]);
        its.push_back(original.item_slopes[j++]);
      }
    }
    if (items.empty()) return;
    const ItemResamples& resamples = resamples_of(items);
    std::vector<double> difference = own;
    for (std::size_t i = 0; i < own.size(); ++i) difference[i] -= its[i];
    const std::vector<double> by_cluster = resamples.contributions(difference);
    one.p_same = flips_.try_emplace(by_cluster.size(), by_cluster.size())
                     .first->second.p(by_cluster);
    // A ratio to nothing is no number worth printing.
    if (!steers(original)) return;
    one.retained = ratio(
        paired(resamples.estimate(own).content, resamples.estimate(its).content,
               resamples.draws(own).content,
               draws_of_original(original, items, its, resamples)));
  }

 private:
  const storage::VariantRow& variant_row(std::int32_t variant) const {
    assert(0 <= variant && variant < std::ssize(results_.variants));
    return results_.variants[static_cast<std::size_t>(variant)];
  }

  // Most variants have the same items.
  const ItemResamples& resamples_of(const std::vector<std::int32_t>& items) {
    auto found = resamples_.find(items);
    if (found != resamples_.end()) return found->second;
    std::vector<ResampledItem> facts;
    for (const std::int32_t item : items) {
      const storage::ItemRow& row =
          results_.items[static_cast<std::size_t>(item)];
      const std::string letter = row.matching_letter.str();
      facts.push_back({letter == "A"   ? 1
                       : letter == "B" ? -1
                                       : 0,
                       row.cluster});
    }
    return resamples_.emplace(items, ItemResamples(std::move(facts)))
        .first->second;
  }

  // Variants that follow each other share their original, whose draws are kept
  // for the next one.
  const std::vector<double>& draws_of_original(
      const Steerability& original, const std::vector<std::int32_t>& items,
      const std::vector<double>& slopes, const ItemResamples& resamples) {
    if (last_original_ != &original || last_items_ != items) {
      last_original_ = &original;
      last_items_ = items;
      last_draws_ = resamples.draws(slopes).content;
    }
    return last_draws_;
  }

  const storage::Results& results_;
  std::map<std::vector<std::int32_t>, ItemResamples> resamples_;
  std::map<std::size_t, SignFlips> flips_;  // by how many clusters
  const Steerability* last_original_ = nullptr;
  std::vector<std::int32_t> last_items_;
  std::vector<double> last_draws_;
};

}  // namespace

std::vector<Steerability> steerability(const storage::Results& results) {
  Estimator estimator(results);
  std::vector<Steerability> all;
  all.reserve(results.variants.size());
  for (VariantItems& items : item_slopes(results)) {
    all.push_back(estimator.estimate(static_cast<std::int32_t>(all.size()),
                                     std::move(items)));
  }
  std::map<std::pair<std::int32_t, std::int32_t>,
           std::vector<const Steerability*>>
      resampled;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (is(results.variants[i].source, VariantSource::resampled)) {
      resampled[place_of(results.variants[i])].push_back(&all[i]);
    }
  }
  const Originals originals(results, all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const storage::VariantRow& row = results.variants[i];
    if (originals.of(row) != &all[i]) continue;
    const auto found = resampled.find(place_of(row));
    if (found != resampled.end()) estimator.add_vectors(found->second, all[i]);
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    const storage::VariantRow& row = results.variants[i];
    const Steerability* original = originals.of(row);
    if (original == nullptr || original == &all[i]) continue;
    if (is(row.source, VariantSource::resampled)) continue;
    estimator.compare(*original, all[i]);
  }
  return all;
}

Originals::Originals(const storage::Results& results,
                     const std::vector<Steerability>& all) {
  for (const Steerability& one : all) {
    const auto& row = results.variants[static_cast<std::size_t>(one.variant)];
    if (is(row.source, VariantSource::original)) {
      found_.emplace(place_of(row), &one);
    }
  }
}

const Steerability* Originals::of(const storage::VariantRow& variant) const {
  const auto found = found_.find(place_of(variant));
  return found == found_.end() ? nullptr : found->second;
}

bool steers(const Steerability& one) {
  return one.content_slope.low > 0 || one.content_slope.high < 0;
}

}  // namespace coxswain::analysis
