#include "analysis/measures/retained_ratios.hpp"

#include <cassert>
#include <limits>

#include "analysis/measures/labels.hpp"
#include "analysis/measures/noise.hpp"
#include "analysis/measures/resampling.hpp"
#include "analysis/measures/shared_items.hpp"
#include "analysis/statistics/two_level.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kShare = 0.975;  // of t below its upper 95 % limit
constexpr RatioSet kNothing{kNaN, kNaN, kNaN, RatioSet::Shape::none};

// Slopes of the resamples that both have.
struct SharedResamples {
  std::vector<double> first, second;
};

SharedResamples shared_resamples(const Training& first,
                                 const Training& second) {
  SharedResamples shared;
  for (std::size_t i = 0, j = 0;
       i < first.slopes.size() && j < second.slopes.size();) {
    const std::int32_t a = first.slopes[i].resample;
    const std::int32_t b = second.slopes[j].resample;
    if (a == b) {
      shared.first.push_back(first.slopes[i].slope);
      shared.second.push_back(second.slopes[j].slope);
    }
    if (a <= b) ++i;
    if (b <= a) ++j;
  }
  return shared;
}

// Adds what training adds; whether it does: both have it, on the same items and
// of the same draws.
bool add_training(const Steerability& one, const Steerability& original,
                  PairedEstimates& pair) {
  if (!one.training.two_level() || !original.training.two_level() ||
      one.items != original.items) {
    return false;
  }
  const SharedResamples both =
      shared_resamples(one.training, original.training);
  if (both.first.size() != original.training.slopes.size()) return false;
  const std::size_t n = original.training.n_clusters;
  pair.var_numerator += training_covariance(both.first, both.first, n);
  pair.var_denominator = original.training.estimate.variance;
  pair.covariance += training_covariance(both.first, both.second, n);
  return true;
}

}  // namespace

RatioSet ratio_of(const Steerability& one, const Steerability& original,
                  ItemDesigns& designs, double share) {
  const SharedItems shared = shared_items(one, original);
  const ClusterDesign& design = designs.of(shared.items);
  if (!design.enough()) return kNothing;
  const Estimate numerator = design.content(shared.first);
  const Estimate denominator = design.content(shared.second);
  PairedEstimates pair{numerator.value, denominator.value, numerator.variance,
                       denominator.variance,
                       design.covariance(shared.first, shared.second)};
  const double df = add_training(one, original, pair)
                        ? original.training.estimate.df
                        : denominator.df;
  return ratio_set(pair, t_quantile(share, df));
}

std::vector<RatioSet> retained_ratios(const storage::Results& results,
                                      const std::vector<Steerability>& slopes,
                                      const std::vector<Verdict>& verdicts) {
  assert(slopes.size() == results.variants.size() &&
         verdicts.size() == slopes.size() && "an entry a variant");
  ItemDesigns designs(results);
  const Originals originals(results, slopes);
  std::vector<RatioSet> all(slopes.size(), kNothing);
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    const storage::VariantRow& row = results.variants[i];
    const Steerability* original = originals.of(row);
    if (original == nullptr || original == &slopes[i] || is_resampled(row) ||
        is_noise(source_of(row)) || slopes[i].items.empty() ||
        verdicts[i].steers != Steers::yes) {
      continue;
    }
    all[i] = ratio_of(slopes[i], *original, designs, kShare);
  }
  return all;
}

}  // namespace coxswain::analysis
