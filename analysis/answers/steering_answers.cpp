#include "analysis/answers/steering_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "analysis/answers/equal_noise.hpp"
#include "analysis/answers/words.hpp"
#include "analysis/measures/best_of.hpp"
#include "analysis/measures/data_notes.hpp"
#include "analysis/measures/labels.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kLevel = 0.05;
// Fewer have a band so wide that to lie inside of it says little.
constexpr std::size_t kEnoughSeeds = 5;

double adjusted_p(const ReportSource& source, const Steerability& one) {
  return source.comparisons.of[static_cast<std::size_t>(one.variant)].adjusted;
}

// The kind of noise that the whole interval lies inside of.
const KindBand* holder_of(const Interval& slope,
                          const std::vector<KindBand>& bands) {
  const auto found = std::ranges::find_if(bands, [&](const KindBand& one) {
    return one.seeds >= kEnoughSeeds && one.band.low <= slope.low &&
           slope.high <= one.band.high;
  });
  return found == bands.end() ? nullptr : &*found;
}

Steering steering_at(const ReportSource& source, const MainPlace& place,
                     std::size_t n) {
  const Steerability& one = *place.original;
  const Verdict& verdict =
      source.verdicts[static_cast<std::size_t>(one.variant)];
  const std::size_t family = source.comparisons.slopes.n;
  if (verdict.steers == Steers::yes) {
    const std::vector<KindBand> bands = bands_at(source, one, n);
    if (family > 1 && !(adjusted_p(source, one) <= kLevel)) {
      return {place, Shown::not_shown,
              fmt::format("{} adjusted for {} vectors",
                          p_words(adjusted_p(source, one)), family),
              n};
    }
    if (!leaves(bands, one.content_slope.estimate)) {
      return {place, Shown::not_shown,
              fmt::format("for {} vectors at once it is not beyond {}", n,
                          named(bands)),
              n};
    }
    return {place, Shown::yes, "", n};
  }
  if (verdict.steers == Steers::no) {
    const std::vector<KindBand> bands = bands_at(source, one, 1);
    if (const KindBand* holder = holder_of(one.content_slope, bands)) {
      return {place, Shown::no,
              fmt::format("its interval lies inside {}", named({*holder})), n};
    }
  }
  return {place, Shown::not_shown,
          verdict.steers == Steers::no && verdict.reason.starts_with("interval")
              ? "the interval includes 0"
              : verdict.reason,
          n};
}

// " over 20 word pairs".
std::string clusters_words(const ReportSource& source,
                           const Steerability& one) {
  const DataFacts facts =
      data_facts(source.results, variant_row(source, one).behaviour);
  std::string name = clusters_name(facts);
  if (one.n_clusters == 1) name.pop_back();
  return fmt::format(" over {} {}", one.n_clusters, name);
}

std::string chosen_words(const MainPlace& place) {
  switch (place.chosen) {
    case Chosen::only:
      return "";
    case Chosen::sae:
      return ", the layer with an SAE";
    case Chosen::largest:
      return fmt::format(", best of {} layers", place.candidates);
    case Chosen::named:
      return ", named by the sweep";
    case Chosen::picked:
      return fmt::format(", picked afterwards out of {} layers",
                         place.candidates);
  }
  return "";
}

// " by project-out"; of addition nothing is said.
std::string operation_words(const ReportSource& source,
                            const Steerability& one) {
  const std::int32_t operation = variant_row(source, one).operation;
  return is(operation, storage::Operation::add)
             ? ""
             : " by " + enumerated(source.results, "operations", operation);
}

std::string sentence(const ReportSource& source, const Steering& of) {
  const Steerability& one = *of.place.original;
  const char* says = of.shown == Shown::yes  ? "steers"
                     : of.shown == Shown::no ? "steers no more than noise"
                                             : "is not shown to steer";
  std::string at_once = at_once_words(of.place);
  if (!at_once.empty()) at_once = " (" + at_once + ")";
  std::string text = fmt::format(
      "{} {}{} at {}{}: content slope {}{}{}",
      behaviour_name(source.results, variant_row(source, one).behaviour), says,
      operation_words(source, one),
      layer_name(source.results, variant_row(source, one)),
      chosen_words(of.place), interval_words(one.content_slope), at_once,
      clusters_words(source, one));
  if (of.shown != Shown::yes) return text + "; " + of.reason + ".";
  if (source.comparisons.slopes.n > 1) {
    text += fmt::format(
        ", {} adjusted for the {} vectors of {} layers",
        p_words(adjusted_p(source, one)), source.comparisons.slopes.n,
        source.choices.layers.beforehand() ? "the named" : "all");
  }
  return text + ", beyond " + named(bands_at(source, one, of.of)) + ".";
}

}  // namespace

std::vector<Steering> steering_of(const ReportSource& source) {
  const std::vector<MainPlace> places = main_places(source);
  // Several layers of a behaviour are picked out of the same candidates.
  std::map<std::int32_t, std::size_t> of;
  for (const MainPlace& place : places) {
    std::size_t& its = of[variant_row(source, *place.original).behaviour];
    its = is_selected(place.chosen) ? place.candidates : its + 1;
  }
  const std::size_t n = std::accumulate(
      of.begin(), of.end(), std::size_t{0},
      [](std::size_t sum, const auto& one) { return sum + one.second; });
  std::vector<Steering> all;
  for (const MainPlace& place : places) {
    all.push_back(steering_at(source, place, n));
  }
  return all;
}

std::vector<Answer> steering_answers(const ReportSource& source,
                                     const std::vector<Steering>& all) {
  const std::string question = "Does the vector steer?";
  const std::vector<const Steerability*> untold = untold_originals(source);
  if (all.empty() && untold.empty()) {
    return {{question,
             source.choices.layers.values.empty()
                 ? "Not shown: no steering vector was measured on items."
                 : "Not shown: no steering vector was measured on items at the "
                   "layers that are named.",
             Shown::not_shown}};
  }
  std::vector<Answer> out;
  for (const Steering& one : all) {
    out.push_back({question,
                   sentence(source, one),
                   one.shown,
                   {one.place.original->variant}});
  }
  for (const Steerability* one : untold) {
    out.push_back(
        {question,
         fmt::format("{} is not shown to steer: its {} items have no content "
                     "slope; {}.",
                     behaviour_name(source.results,
                                    variant_row(source, *one).behaviour),
                     one->items.size(), too_few(*one)),
         Shown::not_shown,
         {one->variant}});
  }
  return out;
}

std::string place_words(const ReportSource& source, const Steerability& one) {
  const storage::VariantRow& row = variant_row(source, one);
  return fmt::format("{}, {}", behaviour_name(source.results, row.behaviour),
                     layer_name(source.results, row));
}

}  // namespace coxswain::analysis
