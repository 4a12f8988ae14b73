#include "tests/support/toy_slopes.hpp"

#include "analysis/forms/figure_files.hpp"
#include "storage/results/enumerations.hpp"
#include "tests/support/toy_results.hpp"

namespace coxswain::tests {

storage::Results toy_steered() {
  storage::Results results = toy_results();
  for (std::int32_t i = 0; i < 8; ++i) {
    storage::ItemRow item;
    item.item = i;
    item.cluster = i;
    item.split = static_cast<std::uint8_t>(storage::Split::test);
    results.items.push_back(item);
  }
  for (auto& vector : results.vectors) vector.median_activation_norm = 1;
  return results;
}

std::int32_t add_variant(storage::Results& results, const ToyVariant& variant) {
  storage::VariantRow row;
  row.id = static_cast<std::int32_t>(results.variants.size());
  row.behaviour = variant.behaviour;
  row.layer = variant.layer;
  row.vector = 2 * variant.behaviour + (variant.layer == 3 ? 0 : 1);
  row.source = static_cast<std::int32_t>(
      storage::named<storage::VariantSource>(variant.source).value());
  row.norm_rule = static_cast<std::int32_t>(variant.norm_rule);
  row.resample = variant.resample;
  row.decomposition = variant.decomposition;
  row.seed = variant.seed;
  row.norm = 1;
  row.cosine = variant.cosine;
  results.variants.push_back(row);
  for (std::size_t i = 0; i < variant.slopes.size(); ++i) {
    for (const double multiplier : {-1.0, 1.0}) {
      storage::PropensityRow one;
      one.variant = row.id;
      one.layer = row.layer;
      one.item = static_cast<std::int32_t>(i);
      one.multiplier = multiplier;
      one.logit_match = static_cast<float>(variant.slopes[i] * multiplier);
      results.propensity.push_back(one);
    }
  }
  return row.id;
}

std::vector<double> around(double slope, double spread) {
  std::vector<double> slopes;
  for (int i = 0; i < 8; ++i) {
    slopes.push_back(slope + (i % 2 == 0 ? -spread : spread));
  }
  return slopes;
}

void add_weak_noise(storage::Results& results, std::int32_t behaviour,
                    std::int32_t layer) {
  std::int32_t seed = 0;
  for (const double slope : {-0.2, 0.1, -0.1, 0.2}) {
    add_variant(results, {"random", behaviour, layer,
                          std::vector<double>(8, slope), -1, seed++, 0});
  }
}

analysis::Table table_of(analysis::MakeTable make,
                         const storage::Results& results,
                         const analysis::ReportChoices& choices) {
  return make(analysis::report_source(results, choices));
}

std::vector<analysis::Figure> figures_of(
    analysis::MakeFigures make, const storage::Results& results,
    const analysis::ReportChoices& choices) {
  std::vector<analysis::Figure> figures =
      make(analysis::report_source(results, choices));
  std::erase_if(figures, [](const auto& one) { return !has_data(one); });
  return figures;
}

}  // namespace coxswain::tests
