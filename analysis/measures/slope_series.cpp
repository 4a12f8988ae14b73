#include "analysis/measures/slope_series.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analysis/measures/coverage.hpp"
#include "analysis/measures/decompositions.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/noise.hpp"
#include "analysis/measures/resampling.hpp"

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

// "20", "18 to 20".
std::string range_of(const std::set<std::size_t>& counts) {
  return counts.size() == 1
             ? fmt::format("{}", *counts.begin())
             : fmt::format("{} to {}", *counts.begin(), *counts.rbegin());
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
    if (is_resampled(row) || is_support_control(source.results, row)) continue;
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
  std::set<std::size_t> items, clusters;
  for (const Steerability* one : slopes) {
    if (one->item_slopes.empty()) continue;
    items.insert(one->item_slopes.size());
    clusters.insert(one->n_clusters);
  }
  if (items.empty()) return "n = 0";
  return fmt::format("n = {}, {} cluster{}", range_of(items),
                     range_of(clusters), *clusters.rbegin() == 1 ? "" : "s");
}

std::string steering_note(const ReportSource& source, std::int32_t behaviour) {
  std::vector<std::string> reasons;  // in the order of the layers
  std::map<std::string, std::vector<std::int32_t>> layers;
  std::vector<std::string> together;  // what is said of those
  std::set<std::int32_t> seen;
  const std::int32_t operation =
      main_operations(source.results).at(static_cast<std::size_t>(behaviour));
  for (const Steerability& one : source.slopes) {
    const storage::VariantRow& row = row_of(source, one);
    if (row.behaviour != behaviour || one.items.empty() ||
        source_of(row) != storage::VariantSource::original ||
        row.operation != operation || !seen.insert(row.layer).second) {
      continue;
    }
    const Verdict& verdict =
        source.verdicts[static_cast<std::size_t>(one.variant)];
    const std::string reason =
        verdict.steers == Steers::unknown
            ? fmt::format("unknown at {{}} ({})", verdict.reason)
        : verdict.steers == Steers::no
            ? fmt::format("not at {{}} ({})", verdict.reason)
            : "at {}";
    if (row.together > 1) {
      std::string text = reason;
      text.replace(text.find("{}"), 2, layer_name(source.results, row));
      together.push_back(text);
      continue;
    }
    if (!layers.contains(reason)) reasons.push_back(reason);
    layers[reason].push_back(row.layer);
  }
  std::string out;
  for (const std::string& reason : reasons) {
    const std::vector<std::int32_t>& at = layers.at(reason);
    std::string text = reason;
    text.replace(text.find("{}"), 2,
                 fmt::format("layer{} {}", at.size() == 1 ? "" : "s",
                             fmt::join(at, ", ")));
    out += (out.empty() ? "The original steers: " : "; ") + text;
  }
  for (const std::string& text : together) {
    out += (out.empty() ? "The original steers: " : "; ") + text;
  }
  return out.empty() ? out : out + ".";
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
