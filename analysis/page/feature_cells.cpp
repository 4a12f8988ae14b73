#include "analysis/page/feature_cells.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/forms/html_text.hpp"

namespace coxswain::analysis {
namespace {

std::string line_of(const storage::ContextRow& row) {
  const ContextText text = context_text(row);
  return fmt::format(
      "<li><span class=\"ends\">{:.3g}</span> {}<mark>\u00ab{}\u00bb</mark>{}"
      "</li>\n",
      row.value, html_text(text.before), html_text(text.token),
      html_text(text.after));
}

}  // namespace

FeatureCells::FeatureCells(const storage::Results& results,
                           std::size_t most_bytes)
    : contexts_(contexts_of_features(results)), left_(most_bytes) {}

std::vector<std::string> FeatureCells::opened(const Table& table,
                                              std::size_t row) {
  std::vector<std::string> out(table.columns.size());
  // Rows come in order, so that a table is not searched anew for each.
  const auto same =
      std::ranges::equal_range(table.features, row, {}, &NamedFeatures::row);
  for (const NamedFeatures& named : same) {
    if (!has_contexts(named)) continue;
    std::string html = html_of(named);
    if (html.size() > left_) {
      html =
          "<p>This page has no room for more of them: see "
          "<code>contexts.csv</code>.</p>\n";
    } else {
      left_ -= html.size();
    }
    out.at(named.column) = std::move(html);
  }
  return out;
}

bool FeatureCells::opens(const Table& table) const {
  return std::ranges::any_of(table.features, [&](const NamedFeatures& named) {
    return has_contexts(named);
  });
}

bool FeatureCells::has_contexts(const NamedFeatures& named) const {
  return std::ranges::any_of(named.features, [&](std::int32_t feature) {
    return contexts_.contains({named.sae, feature});
  });
}

std::string FeatureCells::html_of(const NamedFeatures& named) const {
  std::string out = "<dl>\n";
  for (const std::int32_t feature : named.features) {
    out += fmt::format("<dt>{}</dt><dd>", feature);
    const auto found = contexts_.find({named.sae, feature});
    if (found == contexts_.end()) {
      out += "none was kept";
    } else {
      out += "<ol>\n";
      for (const auto* row : found->second) out += line_of(*row);
      out += "</ol>";
    }
    out += "</dd>\n";
  }
  return out + "</dl>\n";
}

}  // namespace coxswain::analysis
