#include <fmt/format.h>

#include <map>

#include "analysis/figures/figures.hpp"
#include "analysis/forms/cell_text.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/silenced_features.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kProjection = 0, kActivation = 1;  // Bars::kinds

std::string vector_of(const storage::Results& results,
                      const SilencedFeature& one) {
  const auto& vector =
      results.vectors.at(static_cast<std::size_t>(one.row->vector));
  return behaviour_name(results, vector.behaviour);
}

// The paper's left panel: the two sides differ in the feature, and the vector,
// which reaches against it, has no code of it.
Bars::Group silenced(const storage::Results& results,
                     const SilencedFeature& one) {
  const storage::CodeDifferenceRow& row = *one.row;
  return {fmt::format("{}, silenced {}", vector_of(results, one), row.feature),
          {{"f(x+)", row.mean_code_positive, kActivation},
           {"f(x-)", row.mean_code_negative, kActivation},
           {"<v, E>", row.encoder_projection, kProjection},
           {"f(v)", row.code, kActivation}}};
}

// The right panel: what the vector turns on, though neither side does.
Bars::Group spurious(const storage::Results& results,
                     const SilencedFeature& one) {
  const storage::ActiveFeatureRow& row = *one.spurious;
  return {fmt::format("{}, spurious {} (cosine {})", vector_of(results, one),
                      row.feature, decimal_text(one.cosine, 2)),
          {{"s(x+)", row.mean_code_positive, kActivation},
           {"s(x-)", row.mean_code_negative, kActivation},
           {"<v, S>", row.encoder_projection, kProjection},
           {"s(v)", row.code, kActivation}}};
}

Figure figure_of(const storage::Results& results, std::int32_t sae,
                 const std::vector<SilencedFeature>& all) {
  Bars bars;
  bars.kinds = {"projection on the encoder's column", "activation"};
  Figure figure;
  for (const SilencedFeature& one : all) {
    figure.cells += covered(results, one.row->cell);
    bars.groups.push_back(silenced(results, one));
    if (one.spurious != nullptr) {
      bars.groups.push_back(spurious(results, one));
    }
  }
  const std::string name = sae_name(results, sae);
  figure.name = "silenced_feature-" + name;
  figure.title = name;
  figure.x = {"projection or activation"};
  figure.notes = {
      "Figure 4 of the paper. Silenced: of the features f that fire more on x- "
      "and that v reaches against (E the column of the encoder) without a code "
      "of them, the one with the largest difference; x+ and x-: means over the "
      "training pairs' letters.",
      fmt::format(
          "Spurious: of the features s of f(v) that the zero vector's code has "
          "not and that fire on less than {:.0f} % of the x+ and of the x-, "
          "the one whose decoder row has the lowest cosine to the silenced "
          "one's, if that is below 0.",
          100 * kRareRate)};
  figure.content = std::move(bars);
  return figure;
}

}  // namespace

std::vector<Figure> silenced_feature(const ReportSource& source) {
  std::map<std::int32_t, std::vector<SilencedFeature>> by_sae;
  for (const SilencedFeature& one : silenced_features(source.results)) {
    by_sae[one.row->sae].push_back(one);
  }
  std::vector<Figure> figures;
  for (const auto& [sae, all] : by_sae) {
    figures.push_back(figure_of(source.results, sae, all));
  }
  return figures;
}

}  // namespace coxswain::analysis
