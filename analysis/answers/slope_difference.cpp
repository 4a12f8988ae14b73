#include "analysis/answers/slope_difference.hpp"

#include <cmath>
#include <map>

#include "analysis/measures/item_designs.hpp"
#include "analysis/measures/shared_items.hpp"
#include "analysis/statistics/cluster_design.hpp"
#include "analysis/statistics/two_level.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kShare = 0.975;  // of t below its upper 95 % limit

// Slopes on a subset of one's items, all ascending.
std::vector<double> slopes_on(const std::vector<std::int32_t>& items,
                              const Steerability& one) {
  Steerability subset;
  subset.items = items;
  subset.item_slopes.assign(items.size(), 0);
  return shared_items(one, subset).first;
}

// Resamples that all three have: differences and the original's, in step.
struct SharedResamples {
  std::vector<double> differences, original;
};

SharedResamples shared_resamples(const Training& more, const Training& less,
                                 const Training& original) {
  std::map<std::int32_t, double> of_more, of_less;
  for (const ResampledSlope& one : more.slopes) {
    of_more[one.resample] = one.slope;
  }
  for (const ResampledSlope& one : less.slopes) {
    of_less[one.resample] = one.slope;
  }
  SharedResamples shared;
  for (const ResampledSlope& one : original.slopes) {
    if (!of_more.contains(one.resample) || !of_less.contains(one.resample)) {
      continue;
    }
    shared.differences.push_back(of_more[one.resample] - of_less[one.resample]);
    shared.original.push_back(one.slope);
  }
  return shared;
}

// A difference and the original's slope on the same items.
struct Both {
  Estimate difference, original;
  double covariance = 0;
};

// Adds what training adds, where all three were resampled alike and measured on
// the same items.
void add_training(const SlopeDifference& of, const Steerability& original,
                  Both& both) {
  const Training& training = original.training;
  if (!training.two_level() || !of.more->training.two_level() ||
      !of.less->training.two_level() || of.more->items != original.items ||
      of.less->items != original.items) {
    return;
  }
  const SharedResamples shared =
      shared_resamples(of.more->training, of.less->training, training);
  if (shared.original.size() != training.slopes.size()) return;
  both.difference.variance += training_covariance(
      shared.differences, shared.differences, training.n_clusters);
  both.covariance += training_covariance(shared.differences, shared.original,
                                         training.n_clusters);
  both.original = training.estimate;
  both.difference.df = both.original.df;
}

}  // namespace

SlopeDifference slope_difference(const ReportSource& source,
                                 const Steerability& more,
                                 const Steerability& less,
                                 const Steerability& original) {
  Steerability pair;
  pair.items = shared_items(more, less).items;
  pair.item_slopes.assign(pair.items.size(), 0);
  const std::vector<std::int32_t> items = shared_items(original, pair).items;
  std::vector<double> difference = slopes_on(items, more);
  const std::vector<double> lesser = slopes_on(items, less);
  for (std::size_t i = 0; i < items.size(); ++i) difference[i] -= lesser[i];
  const std::vector<double> whole = slopes_on(items, original);
  ItemDesigns designs(source.results);
  const ClusterDesign& design = designs.of(items);
  Both both{design.content(difference), design.content(whole),
            design.covariance(difference, whole)};
  if (!design.enough()) {
    both.difference.variance = both.difference.df = std::nan("");
  }
  SlopeDifference out{&more, &less, {}, {}};
  add_training(out, original, both);
  out.difference = interval_of(both.difference);
  out.of_original = ratio_set(
      {both.difference.value, both.original.value, both.difference.variance,
       both.original.variance, both.covariance},
      t_quantile(kShare, both.original.df));
  return out;
}

bool is_more(const SlopeDifference& one, const Steerability& original,
             const std::vector<KindBand>& bands) {
  const bool excludes = original.content_slope.estimate > 0
                            ? one.difference.low > 0
                            : one.difference.high < 0;
  return excludes && leaves_differences(bands, one.difference.estimate);
}

}  // namespace coxswain::analysis
