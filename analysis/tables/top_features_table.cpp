#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "analysis/labels.hpp"
#include "analysis/report.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kTop = 5;  // as the paper's Table 1

using Ranked = std::vector<const storage::FeatureRow*>;

std::map<std::int32_t, Ranked> by_decomposition(
    const storage::Results& results) {
  std::map<std::int32_t, Ranked> features;
  for (const storage::FeatureRow& row : results.features) {
    Ranked& ranked = features[row.decomposition];
    if (ranked.size() < kTop) ranked.push_back(&row);
  }
  return features;
}

std::string spelled(const Ranked& features) {
  std::string text;
  for (const storage::FeatureRow* one : features) {
    text += fmt::format("{}{}={:.2f}", text.empty() ? "" : " ", one->feature,
                        one->value);
  }
  return text.empty() ? "none" : text;
}

std::int64_t shared(const Ranked& a, const Ranked& b) {
  std::set<std::int32_t> ids;
  for (const storage::FeatureRow* one : a) ids.insert(one->feature);
  return std::count_if(b.begin(), b.end(), [&](const auto* one) {
    return ids.contains(one->feature);
  });
}

}  // namespace

Table top_features_table(const storage::Results& results) {
  Table table;
  table.name = "table1";
  table.title =
      "Table 1: the five strongest features of each steering vector and of "
      "the zero vector";
  table.columns = {{"vector"},        {"SAE"},
                   {"method"},        {"scale", 1},
                   {"top 5"},         {"shared with zero"},
                   {"active"},        {"cosine", 3},
                   {"norm ratio", 2}, {"explained variance", 2}};
  const auto features = by_decomposition(results);
  const auto of = [&](std::int32_t row) {
    const auto found = features.find(row);
    return found == features.end() ? Ranked{} : found->second;
  };
  // The zero vector's row for the same SAE and method.
  std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> zeros;
  for (std::int32_t i = 0; i < std::ssize(results.decompositions); ++i) {
    const auto& row = results.decompositions[static_cast<std::size_t>(i)];
    if (row.vector < 0) zeros.try_emplace({row.sae, row.method}, i);
  }
  for (std::int32_t i = 0; i < std::ssize(results.decompositions); ++i) {
    const auto& row = results.decompositions[static_cast<std::size_t>(i)];
    const bool zero = row.vector < 0;
    const bool there = row.n_atoms >= 0;  // else it was not computed
    const auto zero_row = zeros.find({row.sae, row.method});
    table.rows.push_back(
        {zero ? "zero vector"
              : behaviour_name(
                    results,
                    results.vectors[static_cast<std::size_t>(row.vector)]
                        .behaviour),
         sae_name(results, row.sae), enumerated(results, "methods", row.method),
         row.scale, spelled(of(i)),
         zero_row == zeros.end() ? std::int64_t{0}
                                 : shared(of(i), of(zero_row->second)),
         there ? TableCell(std::int64_t{row.n_atoms})
               : TableCell(std::string("-")),
         row.cosine, row.norm_ratio, row.explained_variance});
  }
  return table;
}

}  // namespace coxswain::analysis
