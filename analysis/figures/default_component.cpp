#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "analysis/figures/figures.hpp"
#include "analysis/measures/default_components.hpp"
#include "analysis/measures/labels.hpp"

namespace coxswain::analysis {
namespace {

using storage::NormExclusion;

constexpr std::size_t kLines = 5;   // with the zero vector's six in the legend
constexpr std::size_t kMarks = 12;  // scales, each with a mark on the axis
constexpr std::size_t kProjection = 0, kActivation = 1;  // Bars::kinds

using OfSae = std::vector<const DefaultComponent*>;

std::map<std::int32_t, OfSae> by_sae(const std::vector<DefaultComponent>& all) {
  std::map<std::int32_t, OfSae> groups;
  for (const DefaultComponent& one : all) groups[one.sae].push_back(&one);
  return groups;
}

std::string name_of(const storage::Results& results,
                    const DefaultComponent& one) {
  return fmt::format("{}, feature {}", behaviour_name(results, one.behaviour),
                     one.feature);
}

Bars::Group group_of(const storage::Results& results,
                     const DefaultComponent& one) {
  return {name_of(results, one),
          {{"f(0)", one.of_zero, kActivation},
           {"<v, E>", one.projection, kProjection},
           {"f(v)", one.of_vector, kActivation},
           {"<x+, E>", one.positive.projection, kProjection},
           {"f(x+)", one.positive.mean, kActivation},
           {"<x-, E>", one.negative.projection, kProjection},
           {"f(x-)", one.negative.mean, kActivation},
           {"<h, E>", one.text.projection, kProjection},
           {"f(h)", one.text.mean, kActivation}}};
}

Series line_of(const storage::Results& results, const DefaultComponent& one) {
  Series series{name_of(results, one), Mark::line, {}};
  for (const auto& [scale, value] : one.scaled) {
    series.points.push_back({scale, {value, NAN, NAN}, ""});
  }
  return series;
}

// A line at f(0), which is the same for all vectors of an SAE.
Series guide_of(const DefaultComponent& one, double low, double high) {
  return {fmt::format("zero vector, feature {}", one.feature),
          Mark::guide,
          {{low, {one.of_zero, NAN, NAN}, ""},
           {high, {one.of_zero, NAN, NAN}, ""}}};
}

Figure figure_of(const storage::Results& results, OfSae all) {
  Curves curves;
  Figure figure;
  const std::size_t n = all.size();
  all.resize(std::min(n, kLines));
  double low = INFINITY, high = -INFINITY;
  for (const DefaultComponent* one : all) {
    figure.cells += one->scales;
    curves.series.push_back(line_of(results, *one));
    low = std::min(low, one->scaled.front().first);
    high = std::max(high, one->scaled.back().first);
    for (const auto& [scale, value] : one->scaled) {
      if (std::ranges::count(figure.x.marks, scale) == 0) {
        figure.x.marks.push_back(scale);
      }
    }
  }
  if (all.front()->of_zero > 0) {
    curves.series.insert(curves.series.begin(),
                         guide_of(*all.front(), low, high));
  }
  std::ranges::sort(figure.x.marks);
  if (figure.x.marks.size() > kMarks) figure.x.marks.clear();
  const std::string name = sae_name(results, all.front()->sae);
  figure.name = "default_component_scaled-" + name;
  figure.title = name;
  figure.x.label = "scale c";
  figure.x.spacing = low > 0 ? Spacing::doublings : Spacing::even;
  figure.y = {"f(c v)", "activation", {}};
  figure.notes = {
      "Activation of the zero vector's strongest feature as the vector is "
      "scaled, as the SAE itself treats b_dec; where nothing fires on the zero "
      "vector, of the vector's own strongest at scale 1."};
  if (n > kLines) {
    figure.notes.push_back(
        fmt::format("Of {} vectors the first {}.", n, kLines));
  }
  figure.content = std::move(curves);
  return figure;
}

}  // namespace

std::vector<Figure> default_component(const ReportSource& source) {
  const storage::Results& results = source.results;
  std::vector<Figure> figures;
  if (results.activity.empty()) return figures;
  const auto components = default_components(results);
  const bool sinks =
      text_exclusion(results, NormExclusion::first) == NormExclusion::sinks;
  for (const auto& [sae, all] : by_sae(components)) {
    Bars bars;
    bars.kinds = {"projection on the encoder's column", "activation"};
    Figure& figure = figures.emplace_back();
    for (const DefaultComponent* one : all) {
      figure.cells += one->code;
      figure.cells += one->activity;
      bars.groups.push_back(group_of(results, *one));
    }
    const std::string name = sae_name(results, sae);
    figure.name = "default_component-" + name;
    figure.title = name;
    figure.x = {"projection or activation"};
    figure.notes = {
        "The zero vector's strongest feature: f its activation, E its column "
        "of the encoder; x+ and x- the training pairs' letters, h the "
        "reference text but for its " +
        std::string(sinks ? "attention sinks" : "first tokens") + " (means)."};
    figure.content = std::move(bars);
  }
  return figures;
}

std::vector<Figure> default_component_scaled(const ReportSource& source) {
  const auto components = default_components(source.results);
  std::vector<Figure> figures;
  for (const auto& [sae, all] : by_sae(components)) {
    // One scale makes no curve.
    const bool scaled = std::ranges::any_of(
        all, [](const auto* one) { return one->scaled.size() > 1; });
    if (scaled) figures.push_back(figure_of(source.results, all));
  }
  return figures;
}

}  // namespace coxswain::analysis
