#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/figures/figures.hpp"
#include "analysis/measures/activation_norms.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kBoxes = 60;   // of the histogram
constexpr std::size_t kVectors = 5;  // with the text six in the legend

// Shares of the norms in boxes that are equally wide; those that were stored
// are far narrower, and a box gets what their middles lie in.
Series histogram_of(const ActivationNorms& norms, double width) {
  std::vector<double> counts(static_cast<std::size_t>(norms.row.max / width) +
                             1);
  for (const ActivationNorms::Bin& bin : norms.bins) {
    const double middle = (bin.lower + bin.upper) / 2;
    const auto box = static_cast<std::size_t>(middle / width);
    // The last bin's middle may lie above the largest norm.
    counts[std::min(box, counts.size() - 1)] += static_cast<double>(bin.count);
  }
  Series series{fmt::format("reference text (n = {} tokens)", norms.row.count),
                Mark::counts,
                {}};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const double share = 100 * counts[i] / static_cast<double>(norms.row.count);
    series.points.push_back(
        {(static_cast<double>(i) + 0.5) * width, {share, 0, share}, ""});
  }
  return series;
}

double highest(const Series& series) {
  double most = 0;
  for (const FigurePoint& point : series.points) {
    most = std::max(most, point.y.estimate);
  }
  return most;
}

Figure figure_of(const storage::Results& results,
                 const ActivationNorms& norms) {
  Curves curves;
  curves.step = norms.row.max / static_cast<double>(kBoxes);
  curves.series.push_back(histogram_of(norms, curves.step));
  const double top = highest(curves.series.front());
  Figure figure;
  figure.cells = covered(results, norms.row.cell);
  std::size_t n = 0;
  for (const storage::VectorRow& vector : results.vectors) {
    if (vector.model != norms.row.model || vector.layer != norms.row.layer ||
        vector.resample >= 0) {
      continue;
    }
    figure.cells += covered(results, vector.cell);
    // A vector that was not computed is counted as a cell, and not drawn.
    if (!std::isfinite(vector.norm) || ++n > kVectors) continue;
    const std::string name = behaviour_name(results, vector.behaviour);
    curves.series.push_back({fmt::format("{}, |v| = {:.3g}", name, vector.norm),
                             Mark::line,
                             {{vector.norm, {0, NAN, NAN}, ""},
                              {vector.norm, {top, NAN, NAN}, ""}}});
  }
  const std::string model =
      results.models.size() < 2
          ? ""
          : "-" + results.models[static_cast<std::size_t>(norms.row.model)]
                      .name.str();
  figure.name = fmt::format("norms-layer_{}{}", norms.row.layer, model);
  figure.title = fmt::format("Layer {}", norms.row.layer);
  figure.x = {"L2 norm", "activation", {}};
  figure.y = {"share of the tokens", "%", {}};
  figure.notes = {
      "Norms of resid_post at every token of the reference text, without those "
      "above five medians (attention sinks), and those of the steering "
      "vectors."};
  if (n > kVectors) {
    figure.notes.push_back(fmt::format(
        "Of {} vectors the first {}; the table of Figure 1 has all.", n,
        kVectors));
  }
  figure.content = std::move(curves);
  return figure;
}

}  // namespace

std::vector<Figure> norms_of_text(const ReportSource& source) {
  std::vector<Figure> figures;
  for (const ActivationNorms& norms :
       activation_norms(source.results, storage::NormSource::reference,
                        storage::NormExclusion::sinks)) {
    if (norms.row.count > 0) {
      figures.push_back(figure_of(source.results, norms));
    }
  }
  return figures;
}

}  // namespace coxswain::analysis
