#include "analysis/answers/atom_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "analysis/answers/words.hpp"
#include "analysis/forms/cell_text.hpp"
#include "analysis/forms/sentences.hpp"
#include "analysis/measures/atom_verdicts.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"

namespace coxswain::analysis {
namespace {

constexpr const char* kQuestion = "Do few atoms of it do?";

const RatioSet& retained(const ReportSource& source, const Steerability& one) {
  return source.retained[static_cast<std::size_t>(one.variant)];
}

// "8 atoms are enough: they keep 0.71 [0.55, 0.90], random ones at most 0.31".
std::string enough_words(const ReportSource& source, const AtomVerdict& of) {
  const std::vector<AtomLevel>& levels = of.curve.levels;
  const std::string smallest = fmt::format(" (half at {}, nine tenths at {})",
                                           passage_text(of.curve, of.half),
                                           passage_text(of.curve, of.most));
  if (!of.enough) {
    const AtomLevel& last = levels.back();
    const bool drawn = !std::isnan(of.random.back().high);
    return fmt::format("up to {} are not shown to be enough: they keep {}{}{}",
                       counted(static_cast<std::size_t>(last.atoms), "atom"),
                       ratio_words(retained(source, *last.first)),
                       drawn
                           ? fmt::format(", random ones up to {}",
                                         decimal_text(of.random.back().high, 2))
                           : "; no random atoms were steered",
                       smallest);
  }
  const AtomLevel& level = levels[*of.enough];
  const auto n = static_cast<std::size_t>(level.atoms);
  return fmt::format(
      "{} {} enough for half: {} {} of the slope, random ones up to {}{}",
      counted(n, "atom"), n == 1 ? "is" : "are",
      n == 1 ? "it keeps" : "they keep",
      ratio_words(retained(source, *level.first)),
      decimal_text(of.random[*of.enough].high, 2), smallest);
}

std::string needed_words(const AtomVerdict& of) {
  std::vector<std::string> needed;
  std::size_t tested = 0;
  for (const LeftOut& one : of.left_out) {
    if (one.effect.minus == nullptr) continue;
    ++tested;
    if (!one.needed) continue;
    needed.push_back(
        fmt::format("{} ({} lost without, {})", one.effect.atom.feature,
                    interval_words(one.lost), p_words(one.adjusted)));
  }
  if (needed.empty()) {
    return fmt::format("none of the {} strongest is shown to be needed",
                       tested);
  }
  return fmt::format("of the {} strongest needed {} feature{} {}", tested,
                     needed.size() == 1 ? "is" : "are",
                     needed.size() == 1 ? "" : "s", listed(needed));
}

// What random atoms keep that come as near to the vector, however many: what
// the cosine alone would explain.
std::string near_words(const AtomVerdict& of) {
  if (!of.enough) return "";
  const AtomLevel& level = of.curve.levels[*of.enough];
  if (level.cosine.empty()) return "";
  double least = INFINITY, most = -INFINITY;
  for (const Steerability* one : level.cosine) {
    const double share =
        one->content_slope.estimate / of.curve.original->content_slope.estimate;
    least = std::min(least, share);
    most = std::max(most, share);
  }
  return fmt::format(
      " Fits on as many random ones as come as near to the vector as {} by "
      "matching pursuit keep {}.",
      level.atoms,
      level.cosine.size() == 1 ? decimal_text(least, 2)
                               : fmt::format("{} to {}", decimal_text(least, 2),
                                             decimal_text(most, 2)));
}

std::string added_words(const AtomVerdict& of) {
  if (of.n_added == 0) return "";
  return fmt::format(
      " The {} strongest, each alone, add up to {} of the slope more than they "
      "do together.",
      of.n_added, interval_words(of.excess));
}

std::string unique_words(const ReportSource& source, const AtomVerdict& of) {
  if (!of.enough) return " Whether others would do: not decided.";
  const AtomLevel& level = of.curve.levels[*of.enough];
  if (level.disjoint.empty()) {
    return " Whether others would do: no disjoint atoms were steered.";
  }
  std::vector<std::string> kept;
  for (const Steerability* one : level.disjoint) {
    kept.push_back(ratio_words(retained(source, *one)));
  }
  const char* begin = " Whether others would do: not decided";
  if (of.unique == Uniqueness::unique) begin = " Others would not do";
  if (of.unique == Uniqueness::not_unique) begin = " Others would do as well";
  return fmt::format("{}: as many atoms that share none with these keep {}.",
                     begin, listed(kept));
}

Answer answer_of(const ReportSource& source, const AtomVerdict& of) {
  const storage::Results& results = source.results;
  const storage::VariantRow& row = variant_row(source, *of.curve.original);
  const storage::DecompositionRow& from =
      results.decompositions[static_cast<std::size_t>(of.curve.decomposition)];
  Answer answer{
      kQuestion,
      fmt::format(
          "{}, layer {}, {}, {}: ", behaviour_name(results, row.behaviour),
          row.layer, sae_name(results, from.sae), method_name(results, from)),
      of.enough ? Shown::yes : Shown::not_shown,
      {of.curve.original->variant}};
  answer.text +=
      fmt::format("{}; {}.{}{}{}", enough_words(source, of), needed_words(of),
                  unique_words(source, of), near_words(of), added_words(of));
  for (const AtomLevel& level : of.curve.levels) {
    answer.variants.push_back(level.first->variant);
    for (const Steerability* one : level.disjoint) {
      answer.variants.push_back(one->variant);
    }
  }
  for (const LeftOut& one : of.left_out) {
    if (one.effect.minus != nullptr) {
      answer.variants.push_back(one.effect.minus->variant);
    }
  }
  return answer;
}

}  // namespace

std::vector<Answer> atom_answers(const ReportSource& source) {
  std::set<const Steerability*> main;
  for (const MainPlace& one : main_places(source)) main.insert(one.original);
  std::vector<Answer> all, others;
  for (const AtomVerdict& of : atom_verdicts(source)) {
    const bool judged = std::ranges::any_of(
        of.left_out,
        [](const LeftOut& one) { return one.effect.minus != nullptr; });
    if (!judged) continue;
    (main.contains(of.curve.original) ? all : others)
        .push_back(answer_of(source, of));
  }
  std::ranges::move(others, std::back_inserter(all));
  return all;
}

}  // namespace coxswain::analysis
