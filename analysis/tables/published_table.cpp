#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "analysis/forms/cell_text.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/paper_2411_08790.hpp"
#include "analysis/measures/vector_codes.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
namespace {

namespace paper = paper_2411_08790;
using Published = std::array<paper::Feature, 5>;

// Our five strongest features beside the published ones.
struct Match {
  std::int64_t ids = 0;  // of the published ones that are among ours
  double largest = 0;    // difference of the activations of these
  bool operator<(const Match& other) const {  // the better one first
    return std::tuple(-ids, largest) < std::tuple(-other.ids, other.largest);
  }
};

Match match(const Ranked& ours, const Published& published) {
  Match match;
  for (const paper::Feature& one : published) {
    const auto found = std::ranges::find(
        ours, one.id, [](const auto* row) { return row->feature; });
    if (found == ours.end()) continue;
    ++match.ids;
    match.largest =
        std::max(match.largest, std::abs((*found)->value - one.activation));
  }
  if (match.ids == 0) match.largest = std::numeric_limits<double>::quiet_NaN();
  return match;
}

std::string spelled(const Published& features) {
  std::string text;
  for (const paper::Feature& one : features) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", one.id,
                        decimal_text(one.activation, 2));
  }
  return text;
}

std::vector<std::int32_t> ids_of(const Published& features) {
  std::vector<std::int32_t> ids;
  for (const paper::Feature& one : features) ids.push_back(one.id);
  return ids;
}

// One row of tables/decompositions that the paper has, too.
struct InBoth {
  const storage::DecompositionRow* row = nullptr;
  Published published;
  Ranked ours;
  Match match, of_zero;  // of the same SAE and convention
};

std::vector<InBoth> compared(const storage::Results& results) {
  const auto strongest = strongest_features(results);
  std::vector<InBoth> all;
  for (const storage::DecompositionRow* row : codes_of_vectors(results)) {
    const auto& sae = results.saes[static_cast<std::size_t>(row->sae)];
    if (row->scale != 1 || row->n_atoms < 0 ||
        !paper::is_of_the_paper(results, sae)) {
      continue;
    }
    const std::string behaviour =
        row->vector < 0
            ? ""
            : results
                  .behaviours[static_cast<std::size_t>(
                      results.vectors[static_cast<std::size_t>(row->vector)]
                          .behaviour)]
                  .name.str();
    const auto published = paper::strongest(behaviour);
    if (!published) continue;
    const auto found = strongest.find(
        static_cast<std::int32_t>(row - results.decompositions.data()));
    const Ranked ours = found == strongest.end() ? Ranked{} : found->second;
    all.push_back({row, *published, ours, match(ours, *published), {}});
  }
  for (InBoth& one : all) {
    const auto zero = std::ranges::find_if(all, [&](const InBoth& other) {
      return other.row->vector < 0 && other.row->sae == one.row->sae &&
             other.row->b_dec_input == one.row->b_dec_input;
    });
    if (zero != all.end()) one.of_zero = zero->match;
  }
  // By the zero vector alone: its code depends on nothing but SAE and
  // convention, so it tells which of them the paper took.
  std::ranges::stable_sort(all, [](const InBoth& a, const InBoth& b) {
    return a.of_zero < b.of_zero;
  });
  return all;
}

}  // namespace

Table published_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "published";
  table.title =
      "arXiv:2411.08790, Figure 2 and Table 1: published and ours, by how well "
      "SAE and convention give the zero vector's";
  table.columns = {{"SAE"},           {"b_dec"},     {"vector"}, {"ids of 5"},
                   {"difference", 2}, {"published"}, {"ours"}};
  table.notes = {
      "ids: of the published features that are among our five; difference: the "
      "largest of their activations. b_dec: own is what the SAE itself does",
      "with it on the input, other the opposite. The paper does not say which "
      "SAE of the layer and which of the two models it took."};
  constexpr std::size_t kPublished = 5, kOurs = 6;  // columns
  for (const InBoth& one : compared(results)) {
    const std::size_t at = table.rows.size();
    table.features.push_back(
        {at, kPublished, one.row->sae, ids_of(one.published)});
    table.features.push_back({at, kOurs, one.row->sae, ids_of(one.ours)});
    table.coverage.push_back(covered(results, one.row->cell));
    table.rows.push_back(
        {sae_name(results, one.row->sae), convention_name(results, *one.row),
         vector_name(results, one.row->vector), one.match.ids,
         one.match.largest, spelled(one.published), spelled(one.ours)});
  }
  return table;
}

}  // namespace coxswain::analysis
