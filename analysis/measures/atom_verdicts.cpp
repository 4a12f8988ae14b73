#include "analysis/measures/atom_verdicts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "analysis/measures/item_designs.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/measures/retained_ratios.hpp"
#include "analysis/measures/shared_items.hpp"
#include "analysis/statistics/comparison_family.hpp"
#include "analysis/statistics/noise_band.hpp"
#include "analysis/statistics/simultaneous_band.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kTail = 0.025, kLevelOfTests = 0.05;

double slope_of(const Steerability& one) { return one.content_slope.estimate; }

// One curve's verdict, but for what is tested together with other curves'.
class Judge {
 public:
  Judge(const ReportSource& source, ItemDesigns& designs, AtomCurve curve)
      : source_(source), designs_(designs), whole_(slope_of(*curve.original)) {
    out_.curve = std::move(curve);
  }

  AtomVerdict judge() {
    const std::vector<Estimate> half = margins_of(kHalf);
    const std::vector<Estimate> most = margins_of(kMost);
    out_.half = first_passage(half);
    out_.most = first_passage(most);
    out_.random = random_bands();
    out_.enough = enough(half);
    out_.enough_for_most = enough(most);
    if (out_.curve.norm == storage::NormRule::as_is) {
      for (const AtomEffect& one : atom_effects(source_, out_.curve)) {
        out_.left_out.push_back({one, lost_without(one), kNaN, kNaN, false});
      }
      add_excess();
    }
    out_.unique = uniqueness();
    return std::move(out_);
  }

 private:
  const std::vector<AtomLevel>& levels() const { return out_.curve.levels; }
  double share(const Steerability& one) const { return slope_of(one) / whole_; }

  // How far the first atoms of each level are above a share of the whole.
  std::vector<Estimate> margins_of(double share) {
    std::vector<Estimate> margins;
    for (const AtomLevel& level : levels()) {
      SharedItems both = shared_items(*level.first, *out_.curve.original);
      for (std::size_t i = 0; i < both.first.size(); ++i) {
        both.first[i] =
            std::copysign(1, whole_) * (both.first[i] - share * both.second[i]);
      }
      margins.push_back(designs_.of(both.items).content(both.first));
    }
    return margins;
  }

  std::vector<Interval> random_bands() const {
    std::vector<Interval> bands;
    for (const AtomLevel& level : levels()) {
      std::vector<double> shares;
      for (const Steerability* one : level.random) {
        shares.push_back(share(*one));
      }
      Interval band = shares.empty() ? Interval{kNaN, kNaN, kNaN}
                                     : prediction_interval(shares);
      if (shares.size() > 1) {
        band = simultaneous_band(band, static_cast<double>(shares.size() - 1),
                                 levels().size());
      }
      bands.push_back(band);
    }
    return bands;
  }

  std::optional<std::size_t> enough(
      const std::vector<Estimate>& margins) const {
    for (std::size_t i = 0; i < margins.size(); ++i) {
      if (is_above(margins[i], margins.size()) &&
          share(*levels()[i].first) > out_.random[i].high) {
        return i;
      }
    }
    return std::nullopt;
  }

  // The mean over clusters of `values`, one an item, as a share of the whole.
  Interval as_share(const ClusterDesign& design,
                    const std::vector<double>& values) const {
    Estimate estimate = design.content(values);
    if (!design.enough()) estimate.variance = kNaN;
    estimate.value /= whole_;
    estimate.variance /= whole_ * whole_;
    return interval_of(estimate);
  }

  Interval lost_without(const AtomEffect& one) {
    if (one.minus == nullptr) return {kNaN, kNaN, kNaN};
    SharedItems both = shared_items(*out_.curve.original, *one.minus);
    for (std::size_t i = 0; i < both.first.size(); ++i) {
      both.first[i] -= both.second[i];
    }
    return as_share(designs_.of(both.items), both.first);
  }

  // Of the largest level whose atoms were all steered alone, on the same items.
  void add_excess() {
    for (const AtomLevel& level : levels()) {
      const auto n = static_cast<std::size_t>(level.atoms);
      std::vector<double> values(level.first->items.size(), 0);
      std::size_t added = 0;
      for (const LeftOut& one : out_.left_out) {
        const Steerability* single = one.effect.single;
        if (one.effect.rank >= n || single == nullptr ||
            single->items != level.first->items) {
          continue;
        }
        ++added;
        for (std::size_t i = 0; i < values.size(); ++i) {
          values[i] += single->item_slopes[i];
        }
      }
      if (n < 2 || added < n) continue;
      for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] -= level.first->item_slopes[i];
      }
      out_.n_added = n;
      out_.excess = as_share(designs_.of(level.first->items), values);
    }
  }

  Uniqueness uniqueness() {
    if (!out_.enough) return Uniqueness::not_decided;
    const AtomLevel& level = levels()[*out_.enough];
    if (level.disjoint.empty()) return Uniqueness::not_decided;
    const auto n = static_cast<double>(level.disjoint.size());
    bool all_below = true;
    for (const Steerability* one : level.disjoint) {
      const RatioSet& kept =
          source_.retained[static_cast<std::size_t>(one->variant)];
      all_below = all_below && kept.shape == RatioSet::Shape::interval &&
                  kept.high < kUniqueBelow;
      const RatioSet as_good =
          ratio_of(*one, *level.first, designs_, 1 - kTail / n);
      if (as_good.shape == RatioSet::Shape::interval &&
          as_good.low >= kAsGoodFrom) {
        return Uniqueness::not_unique;
      }
    }
    return all_below ? Uniqueness::unique : Uniqueness::not_decided;
  }

  const ReportSource& source_;
  ItemDesigns& designs_;
  double whole_;
  AtomVerdict out_;
};

// What each cluster loses without the atom.
ClusterComparison comparison_of(const ReportSource& source,
                                ItemDesigns& designs,
                                const Steerability& original,
                                const Steerability& minus) {
  SharedItems both = shared_items(original, minus);
  for (std::size_t i = 0; i < both.first.size(); ++i) {
    both.first[i] -= both.second[i];
  }
  const ClusterDesign& design = designs.of(both.items);
  ClusterComparison out;
  out.group = variant_row(source, original).behaviour;
  out.clusters = design.clusters();
  out.differences = design.cluster_means(both.first);
  out.answers = design.answers();
  return out;
}

// All atoms of all verdicts are one family.
void test_needed(const ReportSource& source, ItemDesigns& designs,
                 std::vector<AtomVerdict>& all) {
  std::vector<LeftOut*> atoms;
  std::vector<ClusterComparison> tested;
  for (AtomVerdict& verdict : all) {
    for (LeftOut& one : verdict.left_out) {
      // What adds nothing is no atom, and takes nothing away.
      if (one.effect.minus == nullptr || !std::isfinite(one.lost.low)) continue;
      atoms.push_back(&one);
      tested.push_back(comparison_of(source, designs, *verdict.curve.original,
                                     *one.effect.minus));
    }
  }
  const std::vector<FamilyP> found = family_p(tested);
  for (std::size_t i = 0; i < found.size(); ++i) {
    LeftOut& one = *atoms[i];
    one.p = found[i].p;
    one.adjusted = found[i].adjusted;
    one.needed =
        one.adjusted < kLevelOfTests && one.lost.estimate >= kNeededShare;
  }
}

}  // namespace

const char* name_of(Uniqueness unique) {
  switch (unique) {
    case Uniqueness::not_decided:
      return "not decided";
    case Uniqueness::unique:
      return "unique";
    case Uniqueness::not_unique:
      return "not unique";
  }
  return "?";
}

std::string passage_text(const AtomCurve& curve, const Passage& passage) {
  const std::vector<AtomLevel>& levels = curve.levels;
  const auto text = [&](std::size_t level) {
    if (level >= levels.size()) {
      return fmt::format("> {}", levels.back().atoms);
    }
    const bool first = level == 0 && levels.front().atoms > 1;
    return fmt::format("{}{}", first ? "<= " : "", levels[level].atoms);
  };
  return fmt::format("{} [{}, {}]", text(passage.estimate), text(passage.low),
                     text(passage.high));
}

std::vector<AtomVerdict> atom_verdicts(const ReportSource& source) {
  ItemDesigns designs(source.results);
  std::vector<AtomVerdict> all;
  for (AtomCurve& curve : atom_curves(source)) {
    const Steerability& original = *curve.original;
    if (!steers(source, original) || !original.enough) continue;
    all.push_back(Judge(source, designs, std::move(curve)).judge());
  }
  test_needed(source, designs, all);
  return all;
}

}  // namespace coxswain::analysis
