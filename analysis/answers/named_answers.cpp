#include "analysis/answers/named_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/answers/words.hpp"
#include "analysis/forms/sentences.hpp"
#include "analysis/measures/code_distances.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/statistics/noise_band.hpp"
#include "analysis/statistics/simultaneous_band.hpp"

namespace coxswain::analysis {
namespace {

constexpr const char* kQuestion =
    "Does the SAE name other features for it than for a zero vector?";

// Those of main layers; of all vectors where nothing was steered.
std::vector<CodeDistance> main_distances(const ReportSource& source,
                                         std::vector<CodeDistance> all) {
  std::set<std::int32_t> vectors;
  for (const MainPlace& place : main_places(source)) {
    const storage::VariantRow& row = variant_row(source, *place.original);
    for (std::int32_t i = 0; i < row.together; ++i) {
      vectors.insert(row.vector + i);
    }
  }
  if (!vectors.empty()) {
    std::erase_if(all, [&](const CodeDistance& one) {
      return !vectors.contains(one.vector);
    });
  }
  std::ranges::stable_sort(all, {}, &CodeDistance::vector);
  return all;
}

// How far 95 % of n codes of noise lie at most; NaN of fewer than two.
double farthest(const std::vector<double>& distances, std::size_t n) {
  const auto df = static_cast<double>(distances.size()) - 1;
  return df < 1 ? std::nan("")
                : simultaneous_band(prediction_interval(distances), df, n).high;
}

// Kinds of noise with a limit, each with whether the code lies beyond it.
struct AgainstNoise {
  std::vector<std::string> kinds, not_left;
};

AgainstNoise against_noise(const CodeDistance& one, std::size_t n) {
  AgainstNoise out;
  for (const auto& [control, distances] : one.of_noise) {
    const double limit = farthest(distances, n);
    if (std::isnan(limit)) continue;
    out.kinds.emplace_back(storage::name_of(control));
    if (!(one.distance > limit)) {
      out.not_left.emplace_back(storage::name_of(control));
    }
  }
  return out;
}

// "1014, 132": features that both have.
std::string shared_words(const CodeDistance& one) {
  std::vector<std::string> names;
  for (const storage::FeatureRow* row : one.top) {
    const bool both = std::ranges::any_of(one.top_of_zero, [&](const auto* of) {
      return of->feature == row->feature;
    });
    if (both) names.push_back(fmt::format("{}", row->feature));
  }
  return names.empty() ? "" : fmt::format(" ({})", listed(names));
}

// "|v| is 3.1 % of the median activation's."
std::string norm_words(const ReportSource& source, const CodeDistance& one) {
  const storage::VectorRow& vector =
      source.results.vectors[static_cast<std::size_t>(one.vector)];
  const double share = vector.norm / vector.median_activation_norm;
  if (!(share > 0) || std::isinf(share)) return "";
  return fmt::format(" The vector is {} % as long as activations are.",
                     number_words(100 * share));
}

Answer answer_of(const ReportSource& source, const CodeDistance& one,
                 std::size_t n) {
  const storage::VectorRow& vector =
      source.results.vectors[static_cast<std::size_t>(one.vector)];
  Answer answer{kQuestion, "", Shown::not_shown, {}};
  const std::string what =
      fmt::format("{}, {}: ", behaviour_name(source.results, vector.behaviour),
                  sae_name(source.results, one.sae));
  if (one.top.empty()) {
    answer.text = what + "no feature fires on it." + norm_words(source, one);
    return answer;
  }
  if (one.shared == one.top.size()) {
    answer.shown = Shown::no;
    answer.text = fmt::format(
        "{}its {} strongest features are all the zero vector's{}.{}", what,
        one.top.size(), shared_words(one), norm_words(source, one));
    return answer;
  }
  const char* are = one.shared == 0   ? "none is"
                    : one.shared == 1 ? "1 is"
                                      : "are";
  answer.text = fmt::format(
      "{}of its {} strongest features {}{} the zero vector's{}", what,
      one.top.size(), one.shared > 1 ? fmt::format("{} ", one.shared) : "", are,
      shared_words(one));
  const AgainstNoise noise = against_noise(one, n);
  if (noise.kinds.empty()) {
    answer.text +=
        "; not shown that it differs by more than noise: no noise vector was "
        "decomposed for comparison.";
  } else if (noise.not_left.empty()) {
    answer.shown = Shown::yes;
    answer.text += fmt::format(
        "; it differs from the zero vector by more than {} noise does.",
        listed(noise.kinds));
  } else {
    answer.text +=
        fmt::format("; not shown that it differs by more than {} noise does.",
                    listed(noise.not_left));
  }
  answer.text += norm_words(source, one);
  return answer;
}

}  // namespace

std::vector<Answer> named_answers(const ReportSource& source) {
  const std::vector<CodeDistance> whole = code_distances(source.results);
  const std::vector<CodeDistance> all = main_distances(source, whole);
  // Layers that were picked afterwards might have been any.
  const std::size_t n =
      source.choices.layers.afterwards ? whole.size() : all.size();
  std::vector<Answer> out;
  for (const CodeDistance& one : all) {
    out.push_back(answer_of(source, one, n));
  }
  if (out.empty()) {
    out.push_back({kQuestion,
                   source.results.saes.empty()
                       ? "Not shown: there is no SAE."
                       : "Not shown: vector and zero vector were not both "
                         "encoded at scale 1.",
                   Shown::not_shown});
  }
  return out;
}

}  // namespace coxswain::analysis
