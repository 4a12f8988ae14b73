#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/figures/figures.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/slope_series.hpp"

namespace coxswain::analysis {
namespace {

using storage::VariantSource;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kLines = 7;   // as many as there are colours
constexpr std::size_t kMarks = 12;  // layers, each with a mark on the axis

bool is_line(const SlopeSeries& series) {
  return series.source == VariantSource::original ||
         series.source == VariantSource::reconstruction ||
         series.source == VariantSource::zero_reconstruction;
}

// The original and its reconstructions, those of its own length if there are
// any: only they can be compared per unit of the multiplier.
std::vector<SlopeSeries> candidates(const ReportSource& source,
                                    std::vector<SlopeSeries> all) {
  std::erase_if(all, [](const auto& series) { return !is_line(series); });
  std::ranges::stable_partition(all, [](const auto& series) {
    return series.source == VariantSource::original;
  });
  const auto is_longer = [&](const auto& series) {
    return has_own_length(source, series);
  };
  const bool any_equal = std::ranges::any_of(all, [&](const auto& series) {
    return series.source != VariantSource::original && !is_longer(series);
  });
  if (any_equal) std::erase_if(all, is_longer);
  return all;
}

// No more series than colours: the original, and the reconstructions with the
// largest slopes.
std::vector<SlopeSeries> largest(std::vector<SlopeSeries> all) {
  if (all.size() <= kLines) return all;
  std::vector<double> sizes;
  for (const SlopeSeries& series : all) {
    if (series.source != VariantSource::original)
      sizes.push_back(largest_slope(series));
  }
  std::ranges::sort(sizes, std::greater());
  // One colour is the original's.
  const double least = sizes[kLines - 2];
  std::erase_if(all, [&](const auto& series) {
    return series.source != VariantSource::original &&
           largest_slope(series) < least;
  });
  all.resize(std::min(all.size(), kLines));
  return all;
}

Series line_of(const ReportSource& source, const SlopeSeries& series) {
  Series out{fmt::format("{} ({})", series.name, items_of(series.slopes)),
             Mark::line,
             {}};
  for (const Steerability* one : series.slopes) {
    out.points.push_back(
        {static_cast<double>(layer_of(source, *one)), one->content_slope});
  }
  return out;
}

// The kind of noise that the band is made of; nullptr without any. Shuffled
// pairs are the last choice: what they keep of the vector steers.
const SlopeSeries* noise_of(const std::vector<SlopeSeries>& all) {
  for (const VariantSource kind :
       {VariantSource::random, VariantSource::covariance,
        VariantSource::shuffled}) {
    const auto found = std::ranges::find(all, kind, &SlopeSeries::source);
    if (found != all.end()) return &*found;
  }
  return nullptr;
}

// The grey band: from the lowest to the highest end of the intervals, at each
// layer.
Series band_of(const ReportSource& source, const SlopeSeries& noise) {
  std::map<std::int32_t, std::vector<const Steerability*>> by_layer;
  for (const Steerability* one : noise.slopes) {
    by_layer[layer_of(source, *one)].push_back(one);
  }
  Series out{"", Mark::band, {}};
  std::size_t most = 0;
  for (const auto& [layer, slopes] : by_layer) {
    Interval y{kNaN, kNaN, kNaN};
    std::vector<double> estimates;
    for (const Steerability* one : slopes) {
      estimates.push_back(one->content_slope.estimate);
      // fmin and fmax pass over NaN.
      y.low = std::fmin(y.low, one->content_slope.low);
      y.high = std::fmax(y.high, one->content_slope.high);
    }
    y.estimate = mean_present(estimates);
    most = std::max(most, slopes.size());
    out.points.push_back({static_cast<double>(layer), y});
  }
  out.name = fmt::format("{} ({} a layer)", noise.name, most);
  return out;
}

Figure figure_of(const ReportSource& source, std::int32_t behaviour) {
  const std::vector<SlopeSeries> all = slope_series(source, behaviour);
  const std::vector<SlopeSeries> compared = candidates(source, all);
  const std::vector<SlopeSeries> lines = largest(compared);
  const std::vector<std::int32_t> layers = layers_of(source, all);
  Curves curves;
  curves.step = 1;
  if (layers.size() > 1) {
    curves.step = std::numeric_limits<double>::max();
    for (std::size_t i = 1; i < layers.size(); ++i) {
      curves.step =
          std::min(curves.step, static_cast<double>(layers[i] - layers[i - 1]));
    }
  }
  if (const SlopeSeries* noise = noise_of(all)) {
    curves.series.push_back(band_of(source, *noise));
  }
  for (const SlopeSeries& series : lines) {
    curves.series.push_back(line_of(source, series));
  }
  Figure figure;
  const std::string name = behaviour_name(source.results, behaviour);
  figure.name = "steerability_by_layer-" + name;
  figure.title = name;
  figure.x = {"layer", "", {}};
  if (layers.size() <= kMarks) {
    figure.x.marks.assign(layers.begin(), layers.end());
  }
  figure.y = {"content slope", "logits per unit multiplier"};
  figure.notes = {
      "Slope of logit(matching) - logit(other) on the multiplier against the "
      "layer steered at, with 95 % bootstrap intervals over n test items.",
      "Variants of one layer stand beside each other. Grey: from the lowest to "
      "the highest end of the intervals of directions without a meaning."};
  if (compared.size() > lines.size()) {
    figure.notes.push_back(fmt::format(
        "Of {} variants those with the largest slopes; slopes_heat_map has "
        "all.",
        compared.size()));
  }
  figure.content = std::move(curves);
  figure.cells = cells_of(source, all);
  return figure;
}

}  // namespace

std::vector<Figure> steerability_by_layer(const ReportSource& source) {
  std::vector<Figure> figures;
  for (std::size_t i = 0; i < source.results.behaviours.size(); ++i) {
    figures.push_back(figure_of(source, static_cast<std::int32_t>(i)));
  }
  return figures;
}

}  // namespace coxswain::analysis
