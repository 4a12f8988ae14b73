#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "analysis/measures/coverage.hpp"
#include "analysis/measures/data_notes.hpp"
#include "analysis/measures/decompositions.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/noise.hpp"
#include "analysis/measures/resampling.hpp"
#include "analysis/statistics/noise_band.hpp"
#include "analysis/tables/steerability_notes.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
namespace {

using storage::VariantSource;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr Interval kNothing{kNaN, kNaN, kNaN};

// A number without a set of its own.
RatioSet just(double estimate) {
  return {estimate, kNaN, kNaN, RatioSet::Shape::none};
}

// NaN for a variant of length zero: it adds nothing.
double per_dose(double slope, double dose_per_multiplier) {
  return dose_per_multiplier == 0 ? kNaN : slope / dose_per_multiplier;
}

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
      kinds_.insert(noise.kind);
      slopes_[noise.place][noise.kind] = content_slopes(noise);
    }
  }

  // A column a kind of noise: the rank of a slope among its seeds'.
  void add_columns(Table& table) const {
    for (const NoiseKind kind : kinds_) {
      table.columns.push_back({"rank p " + name_of(kind), 3});
    }
    table.columns.push_back({"remark"});
  }

  void fill(Table& table) const {
    for (const Steerability& one : source_.slopes) {
      const storage::VariantRow& variant = row_of(one);
      if (is_noise(source_of(variant))) {
        const auto found = first_seed_.find(&one);
        if (found != first_seed_.end()) add(*found->second, table);
      } else if (!is_resampled(variant) &&
                 !is_support_control(results_, variant)) {
        add(one, table);
      }
    }
  }

 private:
  const storage::VariantRow& row_of(const Steerability& one) const {
    return results_.variants[static_cast<std::size_t>(one.variant)];
  }
  bool is_original(const Steerability& one) const {
    return originals_.of(row_of(one)) == &one;
  }
  const Verdict& verdict_of(const Steerability& one) const {
    return source_.verdicts[static_cast<std::size_t>(one.variant)];
  }
  const Compared& compared(const Steerability& one) const {
    return source_.comparisons.of[static_cast<std::size_t>(one.variant)];
  }

  // What a row has beside its numbers: why some are missing.
  std::string remark(const Steerability& one) const {
    std::string out;
    const auto say = [&](const std::string& text) {
      if (!text.empty()) out += (out.empty() ? "" : "; ") + text;
    };
    const std::string few = too_few(one);
    if (!is_noise(source_of(row_of(one)))) say(few);
    if (!one.training.smooth) say("not smooth");
    say(compared(one).remark);
    const Verdict& verdict = verdict_of(one);
    if (is_original(one)) {
      if (verdict.reason != few) say(verdict.reason);
      return out;
    }
    const Steerability* original = originals_.of(row_of(one));
    const bool there = original != nullptr && !original->items.empty();
    if (there && verdict.steers == Steers::no) say("original does not steer");
    if (there && verdict.steers == Steers::unknown && original->enough) {
      say("original: " + verdict.reason);
    }
    return out;
  }

  // An original keeps all of itself, without limits.
  RatioSet retained(const Steerability& one) const {
    if (!is_original(one)) {
      return source_.retained[static_cast<std::size_t>(one.variant)];
    }
    return just(steers(source_, one) ? 1 : kNaN);
  }

  void add_ranks(double slope, const SteeredPlace& place,
                 std::vector<TableCell>& row) const {
    const auto at = slopes_.find(place);
    for (const NoiseKind kind : kinds_) {
      const bool none = at == slopes_.end() || !at->second.contains(kind);
      row.emplace_back(none ? kNaN : rank_p(slope, at->second.at(kind)));
    }
  }

  void add(const Steerability& one, Table& table) const {
    const storage::VariantRow& variant = row_of(one);
    const Compared& tested = compared(one);
    const bool original = is_original(one);
    std::vector<TableCell> row = {
        behaviour_name(results_, variant.behaviour),
        std::int64_t{variant.layer},
        variant_name(results_, variant),
        one.content_slope,
        original ? name_of(verdict_of(one).steers) : std::string(),
        retained(one),
        one.answer_slope,
        one.probability_change,
        one.answer_mass_clean,
        one.answer_mass_steered,
        per_dose(one.content_slope.estimate, one.dose_per_multiplier),
        variant.cosine,
        std::int64_t{one.n_items - one.n_missing},
        static_cast<std::int64_t>(one.n_clusters),
        original ? tested.adjusted : kNaN,
        original ? kNaN : tested.adjusted,
        original ? std::string() : name_of(tested.family)};
    add_ranks(one.content_slope.estimate, place_of(variant), row);
    row.emplace_back(remark(one));
    table.coverage.push_back(coverage_[static_cast<std::size_t>(one.variant)]);
    table.made_of.push_back({one.variant});
    table.rows.push_back(std::move(row));
  }

  // All seeds in one row, where the first one stands.
  void add(const Noise& noise, Table& table) const {
    const Steerability& first = *noise.seeds.front();
    const storage::VariantRow& variant = row_of(first);
    std::vector<double> clean, steered, cosines, changes;
    Coverage coverage;
    std::int64_t n = 0, clusters = 0;
    std::vector<std::int32_t>& made_of = table.made_of.emplace_back();
    for (const Steerability* seed : noise.seeds) {
      made_of.push_back(seed->variant);
      clean.push_back(seed->answer_mass_clean);
      steered.push_back(seed->answer_mass_steered);
      cosines.push_back(row_of(*seed).cosine);
      changes.push_back(seed->probability_change.estimate);
      coverage += coverage_[static_cast<std::size_t>(seed->variant)];
      n = std::max<std::int64_t>(n, seed->n_items - seed->n_missing);
      clusters =
          std::max(clusters, static_cast<std::int64_t>(seed->n_clusters));
    }
    const Interval band = band_of(noise);
    std::vector<TableCell> row = {
        behaviour_name(results_, variant.behaviour),
        std::int64_t{variant.layer},
        fmt::format("{} noise ({})", variant_kind(results_, variant),
                    noise.seeds.size()),
        band,
        std::string(),
        retained_by(noise, band),
        kNothing,
        Interval{mean_present(changes), kNaN, kNaN},
        mean_present(clean),
        mean_present(steered),
        per_dose(band.estimate, first.dose_per_multiplier),
        mean_present(cosines),
        n,
        clusters,
        kNaN,
        kNaN,
        std::string()};
    // The original's rank among these seeds.
    const Steerability* original = originals_.of(variant);
    for (const NoiseKind kind : kinds_) {
      row.emplace_back(
          kind == noise.kind && original != nullptr
              ? rank_p(original->content_slope.estimate, content_slopes(noise))
              : kNaN);
    }
    row.emplace_back(remark(first));
    table.coverage.push_back(coverage);
    table.rows.push_back(std::move(row));
  }

  // What the mean over seeds keeps, without limits: what single directions keep
  // lies in the band.
  RatioSet retained_by(const Noise& noise, const Interval& band) const {
    const Steerability* original = originals_.of(row_of(*noise.seeds.front()));
    if (original == nullptr || !steers(source_, *original)) return just(kNaN);
    return just(band.estimate / original->content_slope.estimate);
  }

  const ReportSource& source_;
  const storage::Results& results_;
  Originals originals_;
  std::vector<Coverage> coverage_;
  std::vector<Noise> noise_;
  std::map<const Steerability*, const Noise*> first_seed_;
  std::set<NoiseKind> kinds_;
  std::map<SteeredPlace, std::map<NoiseKind, std::vector<double>>> slopes_;
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
                   {"steers"},
                   {"retained", 2},
                   {"answer slope", 3},
                   {"P change", 1},
                   {"mass at 0", 3},
                   {"mass steered", 3},
                   {"per dose", 2},
                   {"cosine", 2},
                   {"n"},
                   {"clusters"},
                   {"p slope (adjusted)", 3, NumberKind::probability},
                   {"p same (adjusted)", 3, NumberKind::probability},
                   {"family"}};
  const Maker maker(source);
  maker.add_columns(table);
  maker.fill(table);
  table.notes = steerability_notes(source);
  return table;
}

}  // namespace coxswain::analysis
