#include "analysis/answers/reason_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/answers/reason_pairs.hpp"
#include "analysis/answers/sign_counts.hpp"
#include "analysis/answers/slope_difference.hpp"
#include "analysis/answers/words.hpp"
#include "analysis/forms/cell_text.hpp"
#include "analysis/forms/sentences.hpp"
#include "analysis/measures/decompositions.hpp"
#include "analysis/measures/labels.hpp"

namespace coxswain::analysis {
namespace {

constexpr const char* kQuestion = "Why is not all of it kept?";

// What is said of one reason.
struct Evidence {
  bool shown = false;
  std::string text;
  std::vector<std::int32_t> variants = {};
};

// Differences of the whole answer share its level, and so do counts.
struct Pairs {
  std::vector<ReasonPair> distribution, signs;
  std::vector<CodeSigns> counts;
};

Pairs pairs_of(const ReportSource& source, const Steering& one) {
  const Steerability& original = *one.place.original;
  const storage::VariantRow& row = variant_row(source, original);
  // What is known of one vector is no reason for several.
  if (one.shown != Shown::yes || row.together > 1) return {};
  return {distribution_pairs(source, original), sign_pairs(source, original),
          signs_at(source.results, row.behaviour, row.layer)};
}

std::string method_words(const ReportSource& source, const Steerability& one) {
  return method_name(source.results, *decomposition_row(source, one));
}

// Evidence of pairs, `spell` the words for one of them; the bands are for all.
template <class Spell>
Evidence compared(const ReportSource& source, const Steerability& original,
                  const std::vector<ReasonPair>& pairs,
                  const std::vector<KindBand>& bands, const Spell& spell) {
  Evidence out;
  std::vector<std::string> shown, others;
  for (const auto& [more, less] : pairs) {
    const SlopeDifference one =
        slope_difference(source, *more, *less, original);
    (is_more(one, original, bands) ? shown : others).push_back(spell(one));
    out.variants.insert(out.variants.end(), {more->variant, less->variant});
  }
  out.shown = !shown.empty();
  out.text = listed(out.shown ? shown : others);
  return out;
}

Evidence distribution(const ReportSource& source, const Steerability& original,
                      const std::vector<ReasonPair>& pairs,
                      const std::vector<KindBand>& bands) {
  if (pairs.empty()) {
    return {false, "not tried"};
  }
  return compared(source, original, pairs, bands,
                  [&](const SlopeDifference& one) {
                    return fmt::format("{} keeps {} more than encode",
                                       method_words(source, *one.more),
                                       ratio_words(one.of_original));
                  });
}

Evidence signs(const ReportSource& source, const Steerability& original,
               const std::vector<ReasonPair>& pairs,
               const std::vector<KindBand>& bands, const SignCounts& counts) {
  if (pairs.empty() && counts.text.empty()) {
    return {false, "no positive part of a signed decomposition was steered"};
  }
  Evidence out =
      compared(source, original, pairs, bands, [&](const SlopeDifference& one) {
        return fmt::format("all of {} keeps {} more than its positive part",
                           method_words(source, *one.more),
                           ratio_words(one.of_original));
      });
  out.shown = out.shown || counts.shown;
  if (!counts.text.empty()) {
    out.text += (out.text.empty() ? "" : "; ") + counts.text;
  }
  return out;
}

// "encode's cosine with the vector is 0.21 at its length, 0.74 at 16 times it."
std::string scale_words(const ReportSource& source,
                        const Steerability& original) {
  const std::int32_t vector = variant_row(source, original).vector;
  const storage::DecompositionRow* plain = nullptr;
  const storage::DecompositionRow* best = nullptr;
  for (const auto* row :
       own_convention(source.results, without_b_dec(source.results))) {
    if (row->vector != vector || !is(row->control, storage::Control::none) ||
        enumerated(source.results, "methods", row->method) != "encode" ||
        std::isnan(row->cosine)) {
      continue;
    }
    if (row->scale == 1 && plain == nullptr) plain = row;
    if (plain == nullptr || row->sae != plain->sae) continue;
    if (best == nullptr || row->cosine > best->cosine) best = row;
  }
  if (best == nullptr || best == plain) return "";
  return fmt::format(
      " The cosine of encode's reconstruction with the vector is {} at the "
      "vector's own length and at most {}, with the vector scaled by {:g}.",
      decimal_text(plain->cosine, 2), decimal_text(best->cosine, 2),
      best->scale);
}

Answer answer_at(const ReportSource& source, const Steering& of,
                 std::size_t n_pairs, std::size_t n_counts) {
  const Steerability& original = *of.place.original;
  if (variant_row(source, original).together > 1) {
    return {kQuestion,
            place_words(source, original) +
                ": not tried: several vectors act together, and codes are of "
                "one.",
            Shown::not_shown,
            {original.variant}};
  }
  const std::vector<KindBand> bands =
      equal_bands_at(source, original, std::max<std::size_t>(n_pairs, 1));
  const Pairs pairs = pairs_of(source, of);
  const Evidence one =
      distribution(source, original, pairs.distribution, bands);
  const Evidence two =
      signs(source, original, pairs.signs, bands,
            sign_counts(source.results, pairs.counts, n_counts));
  const char* verdict =
      one.shown && two.shown ? "distribution and signs are both reasons"
      : one.shown ? "the distribution is a reason, signs are not shown to "
                    "be one"
      : two.shown ? "signs are a reason, the distribution is not shown to be "
                    "one"
                  : "neither reason is shown";
  Answer answer{
      kQuestion,
      fmt::format("{}: {}. Distribution (the vector is unlike what the "
                  "SAE was trained on): {}. Signs (a code has no "
                  "negative numbers): {}.{}",
                  place_words(source, original), verdict, one.text, two.text,
                  scale_words(source, original)),
      one.shown || two.shown ? Shown::yes : Shown::not_shown,
      {original.variant}};
  for (const Evidence* evidence : {&one, &two}) {
    answer.variants.insert(answer.variants.end(), evidence->variants.begin(),
                           evidence->variants.end());
  }
  return answer;
}

}  // namespace

std::vector<Answer> reason_answers(const ReportSource& source,
                                   const std::vector<Steering>& steering) {
  std::size_t n_pairs = 0, n_counts = 0;
  for (const Steering& one : steering) {
    const Pairs pairs = pairs_of(source, one);
    const std::size_t picked = picked_from(one.place);
    n_pairs += picked * (pairs.distribution.size() + pairs.signs.size());
    n_counts +=
        picked *
        static_cast<std::size_t>(std::ranges::count_if(
            pairs.counts, [](const CodeSigns& of) { return of.shuffles > 0; }));
  }
  std::vector<Answer> out;
  for (const Steering& one : steering) {
    if (one.shown == Shown::yes) {
      out.push_back(answer_at(source, one, n_pairs, n_counts));
    }
  }
  if (out.empty()) {
    out.push_back({kQuestion,
                   "Not shown: where no vector is shown to steer, no reason "
                   "can be told from another.",
                   Shown::not_shown});
  }
  return out;
}

}  // namespace coxswain::analysis
