#include "analysis/tables/steerability_notes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "analysis/measures/data_notes.hpp"
#include "analysis/measures/noise.hpp"
#include "analysis/measures/operations_note.hpp"

namespace coxswain::analysis {
namespace {

std::string families_note(const Comparisons& comparisons) {
  std::string out =
      "p same: that a slope is its original's, by sign flips of whole clusters "
      "that all comparisons share, adjusted over its family (step-down "
      "maxima): ";
  if (comparisons.main.n > 0) out += "main, " + size_text(comparisons.main);
  if (comparisons.exploratory.n > 0) {
    if (comparisons.main.n > 0) out += "; ";
    out += "exploratory, " + size_text(comparisons.exploratory);
  }
  return out + ".";
}

std::string slopes_note(const Comparisons& comparisons, bool operations) {
  const std::string what = "p slope: that an original's slope is 0, adjusted ";
  if (comparisons.other_slopes.n == 0) {
    return what +
           "over all behaviours and layers: " + size_text(comparisons.slopes) +
           ".";
  }
  std::string out = what;
  if (comparisons.slopes.n > 0) {
    out += (operations ? "over the operation and layers that are singled out, "
                       : "over the layers that the sweep names, ") +
           size_text(comparisons.slopes) + ", and ";
  }
  return out + (operations ? "over the others, " : "over the other layers, ") +
         size_text(comparisons.other_slopes) + ".";
}

// Up to how many resampled vectors are in intervals.
std::size_t most_resamples(const ReportSource& source) {
  std::size_t most = 0;
  for (const Steerability& one : source.slopes) {
    if (one.training.two_level()) {
      most = std::max(most, one.training.slopes.size());
    }
  }
  return most;
}

std::string intervals_note(const ReportSource& source) {
  const std::size_t most = most_resamples(source);
  const std::string items =
      "intervals are for new clusters of test items: each cluster counts once, "
      "t over clusters";
  return most > 0
             ? items + fmt::format(
                           "; where the vector was resampled in two levels, "
                           "with up to {} vectors of resampled training "
                           "clusters.",
                           most)
             : items +
                   "; the vector is taken as it is ([vector] resample would "
                   "have its uncertainty in them).";
}

// "random, covariance".
std::string names_of(const std::set<NoiseKind>& kinds) {
  std::string out;
  for (const NoiseKind kind : kinds) {
    out += (out.empty() ? "" : ", ") + name_of(kind);
  }
  return out;
}

// Kinds of noise that there are, by where their bands lie.
struct Bands {
  std::set<NoiseKind> around_zero, around_mean, deciding;
  bool stretched = false;
};

Bands bands_of(const ReportSource& source) {
  Bands bands;
  for (const Noise& noise : noise_of(source.results, source.slopes)) {
    (is_symmetric(noise) ? bands.around_zero : bands.around_mean)
        .insert(noise.kind);
    if (decides(noise.kind)) bands.deciding.insert(noise.kind);
    if (noise.kind == NoiseKind::stretched) bands.stretched = true;
  }
  return bands;
}

// Where the bands lie, of the kinds that there are.
std::string bands_note(const Bands& bands) {
  std::string out =
      "kinds of noise (random noise (N)): the mean over seeds, and where 95 % "
      "of "
      "such "
      "directions lie on these items: ";
  if (!bands.around_zero.empty()) {
    out += names_of(bands.around_zero) +
           " 0 +- t rms of the seeds, since signs are symmetric; ";
  }
  if (!bands.around_mean.empty()) {
    out += names_of(bands.around_mean) +
           " the prediction interval around their mean; ";
  }
  return out + "bands hold for these items, intervals for new clusters.";
}

std::vector<std::string> noise_notes(const ReportSource& source) {
  const Bands bands = bands_of(source);
  if (bands.around_zero.empty() && bands.around_mean.empty()) {
    return {"steers: unknown, since no noise was steered."};
  }
  std::string steers =
      bands.deciding.empty()
          ? "steers: unknown, since stretched shuffles alone were steered."
          : "steers: the interval excludes 0 and the slope leaves the bands "
            "of " +
                names_of(bands.deciding) +
                "; only then is anything retained of it.";
  if (bands.stretched) {
    steers +=
        " Shuffled labels stretched to the vector's length ask whether its "
        "direction is special, and decide nothing.";
  }
  return {bands_note(bands), steers,
          "rank p: (1 + seeds with a slope as large) / (seeds + 1); in the row "
          "of a kind of noise the original's."};
}

// "1", or several of several behaviours.
std::string probability_multipliers(const ReportSource& source) {
  std::set<double> all;
  for (const Steerability& one : source.slopes) {
    if (std::isfinite(one.probability_multiplier)) {
      all.insert(one.probability_multiplier);
    }
  }
  std::string out;
  for (const double one : all) {
    out += fmt::format("{}{:+g}", out.empty() ? "" : " or ", one);
  }
  return out;
}

}  // namespace

std::vector<std::string> steerability_notes(const ReportSource& source) {
  std::vector<std::string> notes = {
      "content slope: the mean of the clusters' mean slopes; where items have "
      "one of two answers (letters, Yes and No), of both answers' means; "
      "answer "
      "slope: half their difference, what follows the answer and not the "
      "content.",
      intervals_note(source)};
  std::ranges::move(noise_notes(source), std::back_inserter(notes));
  notes.emplace_back(
      "retained: content slope over the original's, and all ratios that cannot "
      "be told from it (Fieller).");
  const Comparisons& comparisons = source.comparisons;
  const std::string operations = operations_note(source.results);
  if (comparisons.slopes.n + comparisons.other_slopes.n > 0) {
    notes.push_back(slopes_note(comparisons, !operations.empty()));
  }
  if (comparisons.main.n + comparisons.exploratory.n > 0) {
    notes.push_back(families_note(comparisons));
  }
  const std::string multipliers = probability_multipliers(source);
  if (!multipliers.empty()) {
    notes.push_back(fmt::format(
        "P change: what P(matching) / (P(matching) + P(other)) gains from "
        "multiplier 0 to {}, in percentage points.",
        multipliers));
  }
  notes.emplace_back(
      "mass: probability of the two answers together, unsteered and at the "
      "largest multipliers; per dose: content slope per median activation norm "
      "added.");
  if (!operations.empty()) notes.push_back(operations);
  std::ranges::move(data_notes(source.results), std::back_inserter(notes));
  return notes;
}

}  // namespace coxswain::analysis
