#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/noise.hpp"
#include "analysis/statistics/comparison.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
namespace {

using storage::VariantSource;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr Interval kNothing{kNaN, kNaN, kNaN};

// NaN for a variant of length zero: it adds nothing.
double per_dose(double slope, double dose_per_multiplier) {
  return dose_per_multiplier == 0 ? kNaN : slope / dose_per_multiplier;
}

// A vector and the rule of its dose: what random directions are as long as.
using Place = std::pair<std::int32_t, std::int32_t>;

// Fills the table, row after row, in the order of tables/variants.
class Maker {
 public:
  explicit Maker(const ReportSource& source)
      : source_(source),
        results_(source.results),
        originals_(results_, source.slopes),
        coverage_(covered_variants(results_)),
        noise_(noise_of(results_, source.slopes)) {
    for (const Noise& noise : noise_) {
      first_seed_[noise.seeds.front()] = &noise;
      if (noise.source == VariantSource::random) {
        random_[{noise.vector, noise.dose_rule}] = content_slopes(noise);
      }
    }
  }

  void fill(Table& table) {
    adjust();
    for (const Steerability& one : source_.slopes) {
      const storage::VariantRow& variant = row_of(one);
      const VariantSource source = source_of(variant);
      if (is_noise(source)) {
        const auto found = first_seed_.find(&one);
        if (found != first_seed_.end()) add(*found->second, table);
      } else if (source != VariantSource::resampled) {
        add(one, table);
      }
    }
  }

  std::size_t largest_family() const { return largest_family_; }
  int n_vectors() const {
    int most = 0;
    for (const Steerability& one : source_.slopes) {
      most = std::max(most, one.n_vectors);
    }
    return most;
  }

 private:
  const storage::VariantRow& row_of(const Steerability& one) const {
    return results_.variants[static_cast<std::size_t>(one.variant)];
  }

  // Holm's family: the comparisons of one behaviour that the table shows.
  void adjust() {
    std::map<std::int32_t, std::vector<const Steerability*>> families;
    for (const Steerability& one : source_.slopes) {
      if (std::isnan(one.p_same)) continue;
      const storage::VariantRow& row = row_of(one);
      if (is_noise(source_of(row))) continue;
      families[row.behaviour].push_back(&one);
    }
    for (const auto& [behaviour, family] : families) {
      std::vector<double> p;
      for (const Steerability* one : family) p.push_back(one->p_same);
      const std::vector<double> adjusted = holm(p);
      for (std::size_t i = 0; i < family.size(); ++i) {
        holm_[family[i]] = adjusted[i];
      }
      largest_family_ = std::max(largest_family_, family.size());
    }
  }

  // Why nothing is said to be retained, where the original was measured but
  // does not steer.
  std::string remark(const Steerability& one) const {
    const Steerability* original = originals_.of(row_of(one));
    const bool there = original != nullptr && !original->item_slopes.empty();
    return there && !steers(*original) ? "original does not steer" : "";
  }

  Interval retained(const Steerability& one) const {
    // An original keeps all of itself, without limits.
    if (originals_.of(row_of(one)) != &one) return one.retained;
    return steers(one) ? Interval{1, kNaN, kNaN} : kNothing;
  }

  void add(const Steerability& one, Table& table) {
    const storage::VariantRow& variant = row_of(one);
    const auto random = random_.find({variant.vector, variant.dose_rule});
    const auto adjusted = holm_.find(&one);
    table.coverage.push_back(coverage_[static_cast<std::size_t>(one.variant)]);
    table.rows.push_back(
        {behaviour_name(results_, variant.behaviour),
         std::int64_t{variant.layer}, variant_name(results_, variant),
         one.content_slope, retained(one), one.letter_slope,
         one.answer_mass_clean, one.answer_mass_steered,
         per_dose(one.content_slope.estimate, one.dose_per_multiplier),
         variant.cosine, std::int64_t{one.n_items - one.n_missing},
         adjusted == holm_.end() ? kNaN : adjusted->second,
         random == random_.end()
             ? kNaN
             : prediction_p(one.content_slope.estimate, random->second),
         remark(one)});
  }

  // All seeds in one row, where the first one stands.
  void add(const Noise& noise, Table& table) {
    const storage::VariantRow& variant = row_of(*noise.seeds.front());
    std::vector<double> clean, steered, cosines;
    Coverage coverage;
    std::int64_t n = 0;
    for (const Steerability* seed : noise.seeds) {
      clean.push_back(seed->answer_mass_clean);
      steered.push_back(seed->answer_mass_steered);
      cosines.push_back(row_of(*seed).cosine);
      coverage += coverage_[static_cast<std::size_t>(seed->variant)];
      n = std::max<std::int64_t>(n, seed->n_items - seed->n_missing);
    }
    const Interval band = band_of(noise);
    table.coverage.push_back(coverage);
    table.rows.push_back(
        {behaviour_name(results_, variant.behaviour),
         std::int64_t{variant.layer},
         fmt::format("{} x{}", variant_kind(results_, variant),
                     noise.seeds.size()),
         band, retained_by(noise, band), kNothing, mean_present(clean),
         mean_present(steered),
         per_dose(band.estimate, noise.seeds.front()->dose_per_multiplier),
         mean_present(cosines), n, kNaN, kNaN, remark(*noise.seeds.front())});
  }

  // What the mean over seeds keeps, without limits: what single directions keep
  // lies in the band.
  Interval retained_by(const Noise& noise, const Interval& band) const {
    const Steerability* original = originals_.of(row_of(*noise.seeds.front()));
    if (original == nullptr || !steers(*original)) return kNothing;
    return {band.estimate / original->content_slope.estimate, kNaN, kNaN};
  }

  const ReportSource& source_;
  const storage::Results& results_;
  Originals originals_;
  std::vector<Coverage> coverage_;
  std::vector<Noise> noise_;
  std::map<const Steerability*, const Noise*> first_seed_;
  std::map<Place, std::vector<double>> random_;
  std::map<const Steerability*, double> holm_;
  std::size_t largest_family_ = 0;
};

}  // namespace

Table steerability_table(const ReportSource& source) {
  Table table;
  table.name = "steerability";
  table.title =
      "Steerability: slope of logit(matching) - logit(other) on the "
      "multiplier, 95 % intervals";
  table.columns = {{"behaviour"},
                   {"layer"},
                   {"variant"},
                   {"content slope", 3},
                   {"retained", 2},
                   {"letter slope", 3},
                   {"mass at 0", 3},
                   {"mass steered", 3},
                   {"per dose", 2},
                   {"cosine", 2},
                   {"n"},
                   {"p Holm", 3, NumberKind::probability},
                   {"p random", 3, NumberKind::probability},
                   {"remark"}};
  Maker maker(source);
  maker.fill(table);
  table.notes = {
      "content slope: mean of the slopes of items whose matching letter is A "
      "and of those with B (answers in words: plain mean); letter slope: half "
      "their difference, what follows the letter and not the content.",
      maker.n_vectors() > 0
          ? fmt::format(
                "intervals: bootstrap of clusters of items; of originals in "
                "two levels, with up to {} vectors of resampled pairs.",
                maker.n_vectors())
          : "intervals: bootstrap of clusters of items; the vector is taken as "
            "it is ([vector] resample would have its uncertainty in them).",
      "kinds of noise (random x N): the mean over seeds and where 95 % of such "
      "directions lie; p random: that a slope is one of theirs.",
      fmt::format("retained: content slope over the original's, with Fieller's "
                  "interval; p Holm: that it is the original's, by sign flips "
                  "of clusters, over the {} comparisons of a behaviour.",
                  maker.largest_family()),
      "mass: probability of the two answers together, unsteered and at the "
      "largest multipliers; per dose: content slope per median activation norm "
      "added."};
  return table;
}

}  // namespace coxswain::analysis
