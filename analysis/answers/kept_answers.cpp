#include "analysis/answers/kept_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "analysis/answers/equal_noise.hpp"
#include "analysis/answers/words.hpp"
#include "analysis/forms/cell_text.hpp"
#include "analysis/forms/sentences.hpp"
#include "analysis/measures/labels.hpp"

namespace coxswain::analysis {
namespace {

constexpr const char* kQuestion = "What do decompositions keep of it?";

using Shape = RatioSet::Shape;

const RatioSet& retained(const ReportSource& source, const Steerability& one) {
  return source.retained[static_cast<std::size_t>(one.variant)];
}

// "encode", or all of the variant's name where it has more than a method.
std::string method_words(const ReportSource& source, const Steerability& one) {
  const std::string name =
      variant_name(source.results, variant_row(source, one));
  const std::size_t open = name.find('(');
  return open == std::string::npos || !name.ends_with(')')
             ? name
             : name.substr(open + 1, name.size() - open - 2);
}

// More than nothing by its set of ratios.
bool is_above_0(const RatioSet& set) {
  const bool bounded = set.shape == Shape::interval || set.shape == Shape::from;
  return bounded && set.low > 0;
}

bool keeps(const ReportSource& source, const Steerability& one,
           const std::vector<KindBand>& bands) {
  return is_above_0(retained(source, one)) &&
         leaves(bands, one.content_slope.estimate);
}

// Bounded, may be nothing, is not all.
bool is_little(const RatioSet& set) {
  return set.shape == Shape::interval && set.low <= 0 && set.high >= 0 &&
         set.high < 1;
}

std::string each_with_ratio(const ReportSource& source,
                            const std::vector<const Steerability*>& all) {
  std::vector<std::string> parts;
  for (const Steerability* one : all) {
    parts.push_back(fmt::format("{} {}", method_words(source, *one),
                                ratio_words(retained(source, *one))));
  }
  return listed(parts);
}

// "covariance noise of the vector's length reaches, too (+-0.67)": the kind
// that reaches farthest, as a share of the original's slope.
std::string noise_words(const std::vector<KindBand>& bands, double original) {
  assert(!bands.empty());
  const auto reach = [](const KindBand& one) {
    return std::max(std::abs(one.band.low), std::abs(one.band.high));
  };
  const auto& farthest = *std::ranges::max_element(bands, {}, reach);
  return fmt::format(
      ", which {} noise of the vector's length reaches, too (+-{})",
      name_of(farthest.kind),
      decimal_text(reach(farthest) / std::abs(original), 2));
}

Answer answer_at(const ReportSource& source, const Steering& of,
                 std::size_t n_claims) {
  const Steerability& original = *of.place.original;
  const MainVariants variants = main_variants(source, original);
  const std::vector<KindBand> bands =
      equal_bands_at(source, original, std::max<std::size_t>(n_claims, 1));
  Answer answer{kQuestion,
                place_words(source, original) + ": ",
                Shown::not_shown,
                {original.variant}};
  std::vector<const Steerability*> kept, others;
  for (const Steerability* one : variants.reconstructions) {
    (keeps(source, *one, bands) ? kept : others).push_back(one);
    answer.variants.push_back(one->variant);
  }
  if (kept.empty() && others.empty()) {
    answer.text += variants.own_length
                       ? "not shown: no reconstruction as long as the vector "
                         "was steered."
                       : "not shown: no reconstruction was steered.";
    return answer;
  }
  if (!kept.empty()) {
    answer.shown = Shown::yes;
    answer.text +=
        "of the vector's slope is kept: " + each_with_ratio(source, kept) + ".";
  } else if (std::ranges::all_of(others, [&](const Steerability* one) {
               return is_little(retained(source, *one));
             })) {
    answer.shown = Shown::no;
  }
  if (!others.empty()) {
    const bool as_noise = std::ranges::any_of(others, [&](const auto* one) {
      return is_above_0(retained(source, *one));
    });
    answer.text += fmt::format(
        "{} shown to keep any of the slope: {}{}.",
        kept.empty() ? "not" : " Not", each_with_ratio(source, others),
        bands.empty() ? "; no noise of the vector's length was steered"
        : as_noise    ? noise_words(bands, original.content_slope.estimate)
                      : "");
  }
  if (!variants.of_zero.empty()) {
    answer.text +=
        fmt::format(" For comparison, what is made of a zero vector: {}.",
                    each_with_ratio(source, variants.of_zero));
  }
  return answer;
}

}  // namespace

std::vector<Answer> kept_answers(const ReportSource& source,
                                 const std::vector<Steering>& steering) {
  std::size_t n_claims = 0;
  for (const Steering& one : steering) {
    if (one.shown != Shown::yes) continue;
    n_claims += picked_from(one.place) *
                main_variants(source, *one.place.original).candidates;
  }
  std::vector<Answer> out;
  for (const Steering& one : steering) {
    if (one.shown == Shown::yes)
      out.push_back(answer_at(source, one, n_claims));
  }
  if (out.empty()) {
    out.push_back({kQuestion,
                   "Not shown: where no vector is shown to steer, there is "
                   "nothing to keep.",
                   Shown::not_shown});
  }
  return out;
}

}  // namespace coxswain::analysis
