#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "analysis/figures/figures.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/data_notes.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/measures/resampling.hpp"
#include "analysis/measures/slope_series.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kLines = 5;   // beside the line at 1
constexpr std::size_t kMarks = 12;  // numbers of atoms, each with a mark

// A reconstruction, and how many atoms it is made of.
struct Made {
  const Steerability* one = nullptr;
  double atoms = 0;
  const RatioSet* retained = nullptr;
};

// Reconstructions that differ in the number of their atoms.
struct Line {
  std::string name;
  std::vector<Made> made;  // ascending by atoms, each number once
};

// Lines of one SAE, by row of tables/saes.
using BySae = std::map<std::int32_t, std::vector<Line>>;

void add(std::vector<Line>& lines, const std::string& name, const Made& made) {
  auto found = std::ranges::find(lines, name, &Line::name);
  if (found == lines.end()) found = lines.insert(found, {name, {}});
  found->made.push_back(made);
}

bool is_first(const storage::VariantRow& row) {
  return row.part_k >= 0 && is(row.part, storage::Part::first);
}

void finish(std::vector<Line>& lines) {
  for (Line& line : lines) {
    std::ranges::stable_sort(line.made, {}, &Made::atoms);
    // The first 16 of 12 atoms are all of them, once more.
    const auto same = std::ranges::unique(line.made, {}, &Made::atoms);
    line.made.erase(same.begin(), same.end());
  }
  std::erase_if(lines, [](const Line& line) { return line.made.size() < 2; });
}

// What the vector of the place was taken apart into, whole codes by method
// ("omp" of omp:8 and omp:32) and first parts by code ("encode, the strongest",
// with the whole code at its end).
BySae lines_of(const ReportSource& source, const Steerability& original) {
  const storage::Results& results = source.results;
  const storage::VariantRow& place = variant_row(source, original);
  BySae by_sae;
  std::set<std::int32_t> with_parts;  // decompositions
  for (const storage::VariantRow& row : results.variants) {
    if (row.vector == place.vector && is_first(row)) {
      with_parts.insert(row.decomposition);
    }
  }
  for (const Steerability& one : source.slopes) {
    const storage::VariantRow& row = variant_row(source, one);
    const storage::DecompositionRow* from = decomposition_row(source, one);
    const RatioSet& kept =
        source.retained[static_cast<std::size_t>(one.variant)];
    const bool whole = is(row.part, storage::Part::all);
    if (from == nullptr || from->vector != place.vector ||
        row.dose_rule != place.dose_rule || row.operation != place.operation ||
        has_own_length(row) || is_resampled(row) || from->n_atoms < 1 ||
        from->draw >= 0 || std::isnan(kept.estimate) ||
        (!whole && !is_first(row))) {
      continue;
    }
    std::vector<Line>& lines = by_sae[from->sae];
    const double all = from->n_atoms;
    const Made made{&one, whole ? all : std::min<double>(row.part_k, all),
                    &kept};
    if (whole && from->parameter != 0) {
      add(lines, enumerated(results, "methods", from->method), made);
    }
    if (with_parts.contains(row.decomposition)) {
      add(lines, method_name(results, *from) + ", the strongest", made);
    }
  }
  for (auto& [sae, lines] : by_sae) finish(lines);
  return by_sae;
}

// Whether each line's intervals are bounded is counted in `rays`.
Series series_of(const Line& line, std::size_t& rays) {
  Series series{line.name, Mark::line, {}};
  for (const Made& made : line.made) {
    const RatioSet& set = *made.retained;
    Interval y{set.estimate, NAN, NAN};
    if (set.shape == RatioSet::Shape::interval) {
      y.low = set.low;
      y.high = set.high;
    } else {
      ++rays;
    }
    series.points.push_back({made.atoms, y, ""});
  }
  return series;
}

std::vector<std::string> notes_of(const ReportSource& source,
                                  std::int32_t behaviour, std::size_t n_lines,
                                  std::size_t rays) {
  std::vector<std::string> notes = {
      "Content slope of reconstructions as long as the vector over the "
      "original's, which steers, against the number of their atoms. Intervals: "
      "95 % (Fieller) for new clusters, n test items.",
      "The strongest: those atoms of a code that have the largest "
      "coefficients, up to all of them."};
  if (rays > 0) {
    notes.push_back(fmt::format(
        "{} {} no bar: the set of ratios is not bounded, see the table.", rays,
        rays == 1 ? "point has" : "points have"));
  }
  if (n_lines > kLines) {
    notes.push_back(fmt::format("Of {} lines the first {}.", n_lines, kLines));
  }
  for (std::string& note : data_notes(source.results, behaviour)) {
    notes.push_back(std::move(note));
  }
  return notes;
}

Figure figure_of(const ReportSource& source, const Steerability& original,
                 std::int32_t sae, const std::vector<Line>& lines) {
  const storage::VariantRow& place = variant_row(source, original);
  const std::vector<Coverage> cells = covered_variants(source.results);
  Figure figure;
  Curves curves;
  std::set<double> atoms;
  std::vector<const Steerability*> slopes;
  std::size_t rays = 0;
  for (std::size_t i = 0; i < std::min(lines.size(), kLines); ++i) {
    curves.series.push_back(series_of(lines[i], rays));
    for (const Made& made : lines[i].made) {
      atoms.insert(made.atoms);
      slopes.push_back(made.one);
      figure.cells += cells[static_cast<std::size_t>(made.one->variant)];
    }
  }
  curves.series.insert(curves.series.begin(),
                       {"as the original",
                        Mark::guide,
                        {{*atoms.begin(), {1, NAN, NAN}, ""},
                         {*atoms.rbegin(), {1, NAN, NAN}, ""}}});
  const std::string behaviour = behaviour_name(source.results, place.behaviour);
  const std::string name = sae_name(source.results, sae);
  figure.name = fmt::format("retained_against_atoms-{}-{}", behaviour, name);
  figure.title = fmt::format("{}, {} ({})", behaviour, name, items_of(slopes));
  figure.x.label = "atoms";
  figure.x.spacing = Spacing::doublings;
  if (atoms.size() <= kMarks) {
    figure.x.marks.assign(atoms.begin(), atoms.end());
  }
  figure.y = {"share of the content slope kept"};
  figure.notes = notes_of(source, place.behaviour, lines.size(), rays);
  figure.content = std::move(curves);
  return figure;
}

}  // namespace

std::vector<Figure> retained_against_atoms(const ReportSource& source) {
  std::vector<Figure> figures;
  for (const MainPlace& place : main_places(source)) {
    for (const auto& [sae, lines] : lines_of(source, *place.original)) {
      if (lines.empty()) continue;
      figures.push_back(figure_of(source, *place.original, sae, lines));
    }
  }
  return figures;
}

}  // namespace coxswain::analysis
