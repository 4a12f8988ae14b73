#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/figures/figures.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/data_notes.hpp"
#include "analysis/measures/dose_curves.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/measures/slope_series.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kFigures = 6;  // behaviours
constexpr std::size_t kLegend = 6;   // entries: one is the items', one the
                                     // original's
constexpr std::size_t kFaint = 60;   // lines of items or clusters
constexpr std::size_t kMarks = 12;   // multipliers, each with a mark

using Variants = std::vector<const Steerability*>;

double size_of(const Steerability* one) {
  const double size = std::abs(one->content_slope.estimate);
  return std::isfinite(size) ? size : 0;
}

// Those with the largest slopes, in the order that they had.
Variants largest(Variants all, std::size_t most) {
  while (all.size() > most) {
    all.erase(std::ranges::min_element(all, {}, size_of));
  }
  return all;
}

// The original, then what is decoded as long as it; a place is the zero
// vector's where there is one.
Variants lines_of(const MainPlace& place, const MainVariants& beside) {
  Variants lines = {place.original};
  const Variants zero = largest(beside.of_zero, 1);
  for (const Variants& some :
       {largest(beside.reconstructions, kLegend - 2 - zero.size()), zero}) {
    lines.insert(lines.end(), some.begin(), some.end());
  }
  return lines;
}

// Pale lines, a unit each; of too many some that lie evenly among them.
Series faint_of(const DoseCurve& curve) {
  const std::size_t n = curve.units.size();
  const std::size_t drawn = std::min(n, kFaint);
  const char* unit = curve.of_clusters ? "clusters" : "items";
  Series series{drawn < n
                    ? fmt::format("{} of {} {} (original)", drawn, n, unit)
                    : fmt::format("single {} (original)", unit),
                Mark::faint,
                {}};
  for (std::size_t i = 0; i < drawn; ++i) {
    const std::vector<double>& values = curve.units[i * n / drawn];
    for (std::size_t m = 0; m < values.size(); ++m) {
      series.points.push_back(
          {curve.multipliers[m], {values[m], NAN, NAN}, ""});
    }
  }
  return series;
}

Series line_of(const std::string& name, const DoseCurve& curve) {
  Series series{name, Mark::line, {}};
  for (std::size_t m = 0; m < curve.means.size(); ++m) {
    series.points.push_back({curve.multipliers[m], curve.means[m], ""});
  }
  return series;
}

// The least distance of neighbours; 1 of a lone one.
double step_of(const std::vector<double>& ascending) {
  double step = INFINITY;
  for (std::size_t i = 1; i < ascending.size(); ++i) {
    step = std::min(step, ascending[i] - ascending[i - 1]);
  }
  return std::isfinite(step) ? step : 1;
}

std::vector<std::string> notes_of(const ReportSource& source,
                                  std::int32_t behaviour, std::size_t drawn,
                                  const MainVariants& beside) {
  std::vector<std::string> notes = {
      "Propensity, logit(matching) - logit(other), against the multiplier: "
      "means over clusters with 95 % intervals for new clusters and this "
      "vector (n test items); all vectors are equally long.",
      "Variants of one multiplier stand beside each other. Pale: what the mean "
      "of the original is of."};
  const std::size_t all =
      1 + beside.reconstructions.size() + beside.of_zero.size();
  if (drawn < all) {
    notes.push_back(fmt::format(
        "Of {} variants those with the largest slopes; the table of "
        "steerability has all.",
        all));
  }
  if (!beside.silent.empty()) {
    notes.push_back(fmt::format(
        "Not drawn: {} reconstruction{} of nothing, which add{} nothing.",
        beside.silent.size(), beside.silent.size() == 1 ? "" : "s",
        beside.silent.size() == 1 ? "s" : ""));
  }
  for (std::string& note : data_notes(source.results, behaviour)) {
    notes.push_back(std::move(note));
  }
  return notes;
}

Figure figure_of(const ReportSource& source, const MainPlace& place,
                 const std::vector<Coverage>& cells) {
  const storage::VariantRow& row = variant_row(source, *place.original);
  const MainVariants beside = main_variants(source, *place.original);
  const Variants lines = lines_of(place, beside);
  const std::vector<DoseCurve> all = dose_curves(source.results, lines);
  Figure figure;
  Curves curves;
  const std::vector<double>& multipliers = all.front().multipliers;
  curves.step = step_of(multipliers);
  curves.series.push_back(faint_of(all.front()));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    curves.series.push_back(line_of(
        variant_name(source.results, variant_row(source, *lines[i])), all[i]));
    figure.cells += cells[static_cast<std::size_t>(lines[i]->variant)];
  }
  const std::string name = behaviour_name(source.results, row.behaviour);
  figure.name = "dose_response-" + name;
  if (source.choices.layers.values.size() > 1) {
    figure.name += fmt::format("-layer_{}", row.layer);
  }
  figure.title = fmt::format("{}, {} ({})", name,
                             layer_name(source.results, row), items_of(lines));
  figure.x = {"multiplier"};
  if (!is(row.operation, storage::Operation::add)) {
    const std::string operation =
        enumerated(source.results, "operations", row.operation);
    figure.name += "-" + operation;
    figure.title = operation + ": " + figure.title;
    if (is(row.operation, storage::Operation::rotate)) {
      figure.x = {"multiplier", "degrees"};
    }
  }
  if (multipliers.size() <= kMarks) figure.x.marks = multipliers;
  figure.y = {"propensity", "logits"};
  figure.notes = notes_of(source, row.behaviour, lines.size(), beside);
  figure.content = std::move(curves);
  return figure;
}

// The same vectors under other operations, each behind its place: their
// multipliers are of another kind, and so they have figures of their own.
std::vector<MainPlace> with_other_operations(
    const ReportSource& source, const std::vector<MainPlace>& places) {
  std::vector<MainPlace> all;
  for (const MainPlace& place : places) {
    all.push_back(place);
    const SteeredPlace main = place_of(variant_row(source, *place.original));
    for (const Steerability& one : source.slopes) {
      const storage::VariantRow& row = variant_row(source, one);
      if (source_of(row) != storage::VariantSource::original ||
          row.operation == main.operation || one.items.empty() ||
          row.vector != main.vector || row.dose_rule != main.dose_rule) {
        continue;
      }
      all.push_back({&one, place.chosen, place.candidates});
    }
  }
  return all;
}

}  // namespace

std::vector<Figure> dose_response(const ReportSource& source) {
  const std::vector<Coverage> cells = covered_variants(source.results);
  std::vector<MainPlace> places = main_places(source);
  const std::size_t n = places.size();
  if (n > kFigures) places.resize(kFigures);
  std::vector<Figure> figures;
  for (const MainPlace& place : with_other_operations(source, places)) {
    Figure& figure = figures.emplace_back(figure_of(source, place, cells));
    if (n > kFigures) {
      figure.notes.push_back(fmt::format(
          "Of {} {} the first {} have such a figure.", n,
          source.choices.layers.values.size() > 1 ? "behaviours and layers"
                                                  : "behaviours",
          kFigures));
    }
  }
  return figures;
}

}  // namespace coxswain::analysis
