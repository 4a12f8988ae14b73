#include "analysis/answers/weakness_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "analysis/answers/reason_pairs.hpp"
#include "analysis/answers/words.hpp"
#include "analysis/forms/cell_text.hpp"
#include "analysis/forms/sentences.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/data_notes.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/measures/noise.hpp"

namespace coxswain::analysis {
namespace {

// Below, intervals of skewed slopes cover less than they say.
constexpr std::size_t kManyClusters = 20;
// Below, bands of noise are wide: t(4) is 2.8, t(1) 12.7.
constexpr std::size_t kManySeeds = 5;
// An SAE that explains less of its activations has lost half of their variance.
constexpr double kGoodFit = 0.5;
// Steering that leaves less of the two answers' probability breaks the model.
constexpr double kMassKept = 0.5;

// Names of behaviours by what is weak of them, so that each is said once.
class ByWeakness {
 public:
  void add(const std::string& weakness, const std::string& behaviour) {
    if (!of_.contains(weakness)) order_.push_back(weakness);
    std::vector<std::string>& of = of_[weakness];
    // Several layers of a behaviour may have it.
    if (std::ranges::count(of, behaviour) == 0) of.push_back(behaviour);
  }
  // "too few clusters (4): kind and curt"; of several behaviours that all have
  // it "(all behaviours)".
  std::vector<std::string> sentences(std::size_t n_behaviours) const {
    std::vector<std::string> out;
    for (const std::string& weakness : order_) {
      const std::vector<std::string>& of = of_.at(weakness);
      const bool all = n_behaviours > 1 && of.size() == n_behaviours;
      out.push_back(weakness + (all ? " (all behaviours)" : ": " + listed(of)));
    }
    return out;
  }

 private:
  std::vector<std::string> order_;
  std::map<std::string, std::vector<std::string>> of_;
};

// Seeds of the kinds of noise at the original's place.
std::map<NoiseKind, std::size_t> seeds_at(const ReportSource& source,
                                          const Steerability& original) {
  const SteeredPlace place = place_of(variant_row(source, original));
  std::map<NoiseKind, std::size_t> seeds;
  for (const Noise& noise : noise_of(source.results, source.slopes)) {
    if (noise.place == place) {
      seeds[noise.kind] = content_slopes(noise).size();
    }
  }
  return seeds;
}

std::vector<std::string> noise_weaknesses(const ReportSource& source,
                                          const Steerability& original) {
  const auto seeds = seeds_at(source, original);
  std::vector<std::string> missing, few;
  for (const NoiseKind kind : kNoiseKinds) {
    if (!decides(kind)) continue;
    if (!seeds.contains(kind)) {
      missing.push_back(name_of(kind));
    } else if (seeds.at(kind) < kManySeeds) {
      few.push_back(fmt::format("{} ({})", name_of(kind), seeds.at(kind)));
    }
  }
  std::vector<std::string> out;
  if (!missing.empty()) out.push_back("no " + listed(missing) + " noise");
  if (!few.empty())
    out.push_back("few directions of " + listed(few) + " noise");
  return out;
}

std::vector<std::string> data_weaknesses(const ReportSource& source,
                                         const Steerability& one) {
  const DataFacts facts =
      data_facts(source.results, variant_row(source, one).behaviour);
  std::vector<std::string> out;
  if (facts.shared_clusters > 0) {
    out.push_back(fmt::format("{} of {} test {} were in training",
                              facts.shared_clusters, facts.test_clusters,
                              clusters_name(facts)));
  }
  if (facts.one_answer_each) {
    out.push_back(fmt::format(
        "content and answer are confounded (the matching answer of a question "
        "is always {}, or always {})",
        facts.first, facts.second));
  }
  return out;
}

std::vector<std::string> place_weaknesses(const ReportSource& source) {
  ByWeakness weak;
  std::set<std::string> names;
  for (const MainPlace& place : main_places(source)) {
    const Steerability& one = *place.original;
    const std::string name =
        behaviour_name(source.results, variant_row(source, one).behaviour);
    names.insert(name);
    const std::string few = too_few(one);
    if (!few.empty()) {
      weak.add(few, name);
    } else if (one.n_clusters < kManyClusters) {
      weak.add("fewer than 20 clusters", name);
    }
    for (const std::string& noise : noise_weaknesses(source, one)) {
      weak.add(noise, name);
    }
    for (const std::string& data : data_weaknesses(source, one)) {
      weak.add(data, name);
    }
    // What is projected out has no other direction.
    const bool both_ways = !is(variant_row(source, one).operation,
                               storage::Operation::project_out);
    if (both_ways && !one.symmetric)
      weak.add("multipliers without their negatives", name);
    if (one.answer_mass_steered < kMassKept * one.answer_mass_clean) {
      weak.add("the answers lose half of their probability when steered", name);
    }
    if (!one.training.smooth) {
      weak.add("resampled vectors move on average elsewhere", name);
    } else if (!one.training.two_level()) {
      weak.add("intervals are for these training pairs alone", name);
    }
  }
  for (const Steerability* one : untold_originals(source)) {
    const std::string name =
        behaviour_name(source.results, variant_row(source, *one).behaviour);
    names.insert(name);
    weak.add(too_few(*one), name);
    for (const std::string& data : data_weaknesses(source, *one)) {
      weak.add(data, name);
    }
  }
  return weak.sentences(names.size());
}

std::vector<std::string> sae_weaknesses(const storage::Results& results) {
  std::vector<std::string> bad;
  for (const storage::SaeRow& row : results.saes) {
    if (row.explained_variance < kGoodFit) {
      bad.push_back(fmt::format("{} ({})", sae_name(results, row.id),
                                decimal_text(row.explained_variance, 2)));
    }
  }
  if (bad.empty()) return {};
  return {"explains less than half of the variance of these activations: " +
          listed(bad)};
}

// What other answers need, and nobody ran.
std::vector<std::string> untried(const storage::Results& results) {
  if (results.saes.empty()) return {};
  std::vector<std::string> out;
  if (std::ranges::none_of(
          results.decompositions, [](const storage::DecompositionRow& row) {
            return is_noise(static_cast<storage::Control>(row.control));
          })) {
    out.emplace_back("no noise vector was decomposed");
  }
  const bool rebuilt = std::ranges::any_of(
      results.variants, [](const auto& row) { return row.decomposition >= 0; });
  const bool tried = std::ranges::any_of(
      results.variants, [&](const storage::VariantRow& row) {
        return row.decomposition >= 0 &&
               tries_distribution(
                   results, results.decompositions.at(
                                static_cast<std::size_t>(row.decomposition)));
      });
  if (rebuilt && !tried) {
    out.emplace_back(
        "the reason distribution was not tried (by encode-minus-zero or "
        "anchored)");
  }
  return out;
}

}  // namespace

Answer weakness_answer(const ReportSource& source) {
  const storage::Results& results = source.results;
  std::vector<std::string> found;
  const auto add = [&](const std::vector<std::string>& more) {
    found.insert(found.end(), more.begin(), more.end());
  };
  const std::string cells = completeness(results);
  if (!cells.empty())
    found.push_back("only " + cells.substr(0, cells.find(';')));
  if (source.slopes.empty()) found.emplace_back("nothing was steered");
  if (results.saes.empty()) found.emplace_back("there is no SAE");
  add(place_weaknesses(source));
  add(sae_weaknesses(results));
  add(untried(results));
  std::string text;
  for (std::string& one : found) {
    text += text.empty() ? "" : "; ";
    text += one;
  }
  if (text.empty()) {
    return {"What is missing or weak?",
            "Nothing that is looked for.",
            Shown::no,
            {},
            true};
  }
  return {"What is missing or weak?",
          capitalised(text) + ".",
          Shown::yes,
          {},
          true};
}

}  // namespace coxswain::analysis
