#include "analysis/measures/slope_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/noise.hpp"

namespace coxswain::analysis {
namespace {

const storage::VariantRow& row_of(const ReportSource& source,
                                  const Steerability& one) {
  return source.results.variants[static_cast<std::size_t>(one.variant)];
}

// Adds to the series of that name, a new one at the end.
void add(std::vector<SlopeSeries>& all, const std::string& name,
         storage::VariantSource kind, const Steerability& one) {
  auto found = std::ranges::find(all, name, &SlopeSeries::name);
  if (found == all.end()) found = all.insert(all.end(), {name, kind, {}});
  found->slopes.push_back(&one);
}

bool repeats_a_layer(const ReportSource& source, const SlopeSeries& series) {
  std::set<std::int32_t> layers;
  return std::ranges::any_of(series.slopes, [&](const Steerability* one) {
    return !layers.insert(layer_of(source, *one)).second;
  });
}

}  // namespace

bool is_noise(const SlopeSeries& series) { return is_noise(series.source); }

std::vector<SlopeSeries> slope_series(const ReportSource& source,
                                      std::int32_t behaviour) {
  std::vector<SlopeSeries> kinds, all;
  for (const Steerability& one : source.slopes) {
    const storage::VariantRow& row = row_of(source, one);
    if (row.behaviour != behaviour) continue;
    const storage::VariantSource kind = source_of(row);
    if (kind == storage::VariantSource::resampled) continue;
    add(kinds, variant_kind(source.results, row), kind, one);
  }
  for (const SlopeSeries& kind : kinds) {
    // Twice at one layer: several SAEs there. Seeds of noise repeat a layer,
    // too, and belong together.
    const bool splits = !is_noise(kind) && repeats_a_layer(source, kind);
    for (const Steerability* one : kind.slopes) {
      add(all,
          splits ? variant_name(source.results, row_of(source, *one))
                 : kind.name,
          kind.source, *one);
    }
  }
  for (SlopeSeries& series : all) {
    std::ranges::stable_sort(series.slopes, {}, [&](const Steerability* one) {
      return layer_of(source, *one);
    });
  }
  return all;
}

bool has_own_length(const ReportSource& source, const SlopeSeries& series) {
  return has_own_length(row_of(source, *series.slopes.front()));
}

std::int32_t layer_of(const ReportSource& source, const Steerability& one) {
  return row_of(source, one).layer;
}

std::vector<std::int32_t> layers_of(const ReportSource& source,
                                    const std::vector<SlopeSeries>& all) {
  std::set<std::int32_t> layers;
  for (const SlopeSeries& series : all) {
    for (const Steerability* one : series.slopes) {
      layers.insert(layer_of(source, *one));
    }
  }
  return {layers.begin(), layers.end()};
}

Coverage cells_of(const ReportSource& source,
                  const std::vector<SlopeSeries>& all) {
  const std::vector<Coverage> cells = covered_variants(source.results);
  Coverage sum;
  for (const SlopeSeries& series : all) {
    for (const Steerability* one : series.slopes) {
      sum += cells[static_cast<std::size_t>(one->variant)];
    }
  }
  return sum;
}

std::string items_of(const std::vector<const Steerability*>& slopes) {
  std::set<std::size_t> counts;
  for (const Steerability* one : slopes) {
    if (!one->item_slopes.empty()) counts.insert(one->item_slopes.size());
  }
  if (counts.empty()) return "n = 0";
  return counts.size() == 1
             ? fmt::format("n = {}", *counts.begin())
             : fmt::format("n = {} to {}", *counts.begin(), *counts.rbegin());
}

double largest_slope(const SlopeSeries& series) {
  double largest = 0;
  for (const Steerability* one : series.slopes) {
    const double size = std::abs(one->content_slope.estimate);
    if (std::isfinite(size)) largest = std::max(largest, size);
  }
  return largest;
}

}  // namespace coxswain::analysis
