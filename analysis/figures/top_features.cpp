#include <set>

#include "analysis/figures/figures.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/vector_codes.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kOwn = 0, kOfZero = 1;  // Bars::kinds

// Codes by one SAE at scale 1, as it treats b_dec itself; zero first.
Picked codes_of(const storage::Results& results, std::int32_t sae) {
  Picked codes = own_convention(results, codes_of_vectors(results));
  std::erase_if(codes, [&](const auto* row) {
    return row->sae != sae || row->scale != 1;
  });
  return codes;
}

Figure figure_of(const ReportSource& source, std::int32_t sae) {
  const storage::Results& results = source.results;
  auto features = strongest_features(results);
  const auto of = [&](const storage::DecompositionRow* row) -> const Ranked& {
    return features[static_cast<std::int32_t>(row -
                                              results.decompositions.data())];
  };
  const Picked codes = codes_of(results, sae);
  std::set<std::int32_t> of_zero;
  for (const auto* row : codes) {
    if (row->vector >= 0) continue;
    for (const auto* one : of(row)) of_zero.insert(one->feature);
  }
  Bars bars;
  bars.kinds = {"of the vector alone", "also among the zero vector's five"};
  Figure figure;
  for (const auto* row : codes) {
    figure.cells += covered(results, row->cell);
    Bars::Group group{vector_name(results, row->vector), {}};
    for (const auto* one : of(row)) {
      group.bars.push_back({std::to_string(one->feature), one->value,
                            of_zero.contains(one->feature) ? kOfZero : kOwn});
    }
    if (group.bars.empty())
      group.name += row->n_atoms < 0 ? ": not computed" : ": none";
    bars.groups.push_back(std::move(group));
  }
  const std::string name = sae_name(results, sae);
  figure.name = "top_features-" + name;
  figure.title = name;
  figure.x = {"activation of the feature"};
  figure.notes = {
      "The five strongest features of each steering vector's code and of the "
      "zero vector's, as the SAE itself treats b_dec, at scale 1."};
  figure.content = std::move(bars);
  return figure;
}

}  // namespace

std::vector<Figure> top_features(const ReportSource& source) {
  std::vector<Figure> figures;
  for (std::size_t i = 0; i < source.results.saes.size(); ++i) {
    figures.push_back(figure_of(source, static_cast<std::int32_t>(i)));
  }
  return figures;
}

}  // namespace coxswain::analysis
