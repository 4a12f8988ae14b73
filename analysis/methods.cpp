#include "analysis/methods.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "analysis/forms/sentences.hpp"
#include "analysis/measures/choice_words.hpp"
#include "analysis/measures/citations.hpp"
#include "analysis/measures/code_signs.hpp"
#include "analysis/measures/data_notes.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/measures/noise.hpp"
#include "analysis/measures/operations_note.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::int32_t kMostBehaviours = 24;  // that are described one by one

// Writes the paragraphs, and remembers what they cite.
class Writer {
 public:
  Writer(const ReportSource& source, const std::string& first_start)
      : source_(source),
        results_(source.results),
        first_start_(first_start),
        noise_(noise_of(source.results, source.slopes)) {}

  Prose write() {
    Prose out{"Methods", {}, {}};
    if (source_.slopes.empty()) return out;
    out.paragraphs = {data(),     vectors(),     operations(),  slopes(),
                      training(), noise(),       families(),    atoms(),
                      signs(),    singled_out(), fixed_before()};
    std::erase(out.paragraphs, "");
    out.references = citations_.references();
    return out;
  }

 private:
  std::string cite(Citation source) { return citations_.cite(source); }

  bool any(bool (*test)(const Steerability&)) const {
    return std::ranges::any_of(source_.slopes, test);
  }

  std::string design_of(std::int32_t behaviour) const {
    const auto& row = results_.behaviours[static_cast<std::size_t>(behaviour)];
    const DataFacts facts = data_facts(results_, behaviour);
    std::string out =
        fmt::format("{}: {} training pairs ({} {}), {} test items ({} {})",
                    behaviour_name(results_, behaviour), row.train,
                    facts.train_clusters, clusters_name(facts), row.test,
                    facts.test_clusters, clusters_name(facts));
    if (!facts.words) {
      out += fmt::format(
          ", answers {} and {}, {}", facts.first, facts.second,
          facts.one_answer_each
              ? "one of which matches in each test question"
              : "both of which match in turn where a question is asked twice");
    }
    if (facts.shared_clusters > 0) {
      out +=
          fmt::format(", of which {} were in training", facts.shared_clusters);
    } else if (facts.split_by_cluster) {
      out += ", none of them in training";
    }
    return out;
  }

  std::string data() const {
    std::vector<std::string> designs;
    const auto n = static_cast<std::int32_t>(results_.behaviours.size());
    for (std::int32_t i = 0; i < std::min(n, kMostBehaviours); ++i) {
      designs.push_back(design_of(i));
    }
    std::string out = fmt::format("Data. {}", fmt::join(designs, "; "));
    if (n > kMostBehaviours) {
      out += fmt::format("; and {} more behaviours", n - kMostBehaviours);
    }
    return out +
           ". Clusters are what is independent: word pairs, and questions with "
           "their two orders together.";
  }

  std::vector<storage::NameRow> rows_of_methods() const {
    for (const auto& [name, rows] : results_.names) {
      if (name == "methods") return rows;
    }
    return {};
  }

  // How vectors are made, where they are not all mean differences or out of
  // files.
  std::string vectors() const {
    std::set<std::int32_t> methods;
    for (const storage::VectorRow& row : results_.vectors) {
      methods.insert(row.method);
    }
    std::vector<std::string> made;
    bool others = false;
    for (const storage::NameRow& row : rows_of_methods()) {
      const std::string name = row.name.str();
      if (!methods.contains(row.id) || name == "own") continue;
      made.push_back(name + ", " + row.description.str());
      others = others || name != "mean-difference";
    }
    if (!others) return "";
    return fmt::format(
        "Vectors. They are made of the training pairs' activations h at the "
        "token that is read, in these ways: {}. What is called \"method on "
        "behaviour\" is steered on that behaviour's test items.",
        fmt::join(made, "; "));
  }

  std::string multipliers() const {
    std::map<std::int32_t, std::set<double>> all;  // by operation
    for (const auto& row : results_.propensity) {
      all[results_.variants.at(static_cast<std::size_t>(row.variant)).operation]
          .insert(row.multiplier);
    }
    std::vector<std::string> parts;
    for (const auto& [operation, own] : all) {
      parts.push_back(fmt::format(
          "{}{}",
          all.size() == 1 ? ""
                          : enumerated(results_, "operations", operation) + " ",
          fmt::join(own, ", ")));
    }
    return fmt::format("{}", fmt::join(parts, "; "));
  }

  // What vectors do, if not all are added.
  std::string operations() const {
    const std::string note = operations_note(results_);
    std::string out = note.empty() ? "" : "Operations. " + capitalised(note);
    if (std::ranges::any_of(results_.variants,
                            [](const auto& row) { return row.together > 1; })) {
      out += out.empty() ? "Operations. " : " ";
      out +=
          "Vectors of several layers act together where that is said: each "
          "behind its own block, by one operation and one multiplier.";
    }
    return out;
  }

  std::string slopes() {
    std::string out = fmt::format(
        "Slopes. An item's slope is that of logit(matching) - logit(other) on "
        "the multiplier, by least squares over {} ({}). ",
        multipliers(), cite(Citation::tan));
    if (std::ranges::any_of(results_.behaviours, [](const auto& row) {
          return row.whole_answers != 0;
        })) {
      out +=
          "Where whole answers are scored, log-probabilities summed over an "
          "answer's tokens stand for its logit. ";
    }
    const bool one_answer =
        any([](const Steerability& one) { return one.one_answer_each; });
    const bool means = any([](const Steerability& one) {
      return !one.one_answer_each && !one.items.empty();
    });
    if (means) {
      out += fmt::format(
          "Each cluster counts once: the content slope is the mean of the "
          "clusters' means, with t(G - 1) s / sqrt(G) for its 95 % interval "
          "({}). ",
          cite(Citation::ibragimov_mueller));
    }
    if (one_answer) {
      out += fmt::format(
          "Where each cluster has one of two answers, the content slope is the "
          "mean of both answers' means of clusters, with Welch's degrees of "
          "freedom ({}), and half their difference the answer slope. ",
          cite(Citation::welch));
    }
    return out +
           fmt::format(
               "There is no interval and no p below six clusters, or below "
               "four "
               "of one answer. As a check, the mean over items has a "
               "cluster-robust interval ({}) with Satterthwaite's degrees of "
               "freedom ({}).",
               cite(Citation::bell_mccaffrey),
               cite(Citation::pustejovsky_tipton));
  }

  std::string training() {
    std::size_t n = 0, most = 0, rough = 0;
    for (const Steerability& one : source_.slopes) {
      if (!one.training.smooth) ++rough;
      if (!one.training.two_level()) continue;
      ++n;
      most = std::max(most, one.training.slopes.size());
    }
    if (n + rough == 0) {
      return "Training. Vectors are taken as they are: no interval has the "
             "uncertainty of their training pairs.";
    }
    std::string out = fmt::format(
        "Training. Intervals of {} slopes have two levels: the variance over "
        "test clusters, and G_t / (G_t - 1) times that over the vectors of up "
        "to {} resamples of the G_t training clusters, with Satterthwaite's "
        "degrees of freedom ({}).",
        n, most, cite(Citation::satterthwaite));
    if (rough > 0) {
      out += fmt::format(
          " Where a method is not smooth in its vector (the mean over "
          "resamples "
          "is further from the slope than half of the half-width) the interval "
          "is of the items alone; slopes of which that is so: {}.",
          rough);
    }
    return out;
  }

  // "random (20 seeds)" and so on.
  std::string kinds() const {
    std::map<NoiseKind, std::size_t> most;
    for (const Noise& noise : noise_) {
      most[noise.kind] = std::max(most[noise.kind], noise.seeds.size());
    }
    std::vector<std::string> names;
    for (const auto& [kind, n] : most) {
      names.push_back(
          fmt::format("{} ({})", name_of(kind), counted(n, "seed")));
    }
    return fmt::format("{}", fmt::join(names, "; "));
  }

  std::string noise() {
    if (noise_.empty()) {
      return "Noise. None was steered: of no vector it is said that it steers.";
    }
    const bool symmetric = std::ranges::any_of(noise_, is_symmetric);
    const bool others = !std::ranges::all_of(noise_, is_symmetric);
    std::string out = fmt::format(
        "Noise. Directions without a meaning in the place of each vector: {}. ",
        kinds());
    if (symmetric) {
      out +=
          "The band of isotropic and covariance noise, whose signs are "
          "symmetric, is 0 +- t(K) rms of the K seeds. ";
    }
    if (others) {
      out += fmt::format(
          "The band of {} is the 95 % prediction interval around the seeds' "
          "mean. ",
          symmetric ? "other noise" : "noise");
    }
    out += fmt::format(
        "The rank p is (1 + seeds with a slope as large) / (K + 1) ({}). A "
        "vector steers if the interval of its content slope excludes 0 and the "
        "slope leaves the bands of isotropic and covariance noise at its "
        "length "
        "and of shuffled labels at their own, of those that were steered; only "
        "then its variants' slopes are shown as a share of it, with the set of "
        "ratios that cannot be told from it ({}).",
        cite(Citation::phipson_smyth), cite(Citation::fieller));
    return out;
  }

  // Whether the sweep has a say in what the main family is.
  bool named_family() const {
    const ReportChoices& choices = source_.choices;
    return choices.layers.beforehand() || choices.methods.beforehand() ||
           choices.contrasts.beforehand();
  }

  std::string main_family() const {
    const ReportChoices& choices = source_.choices;
    if (choices.contrasts.afterwards) {
      return "one family of all other comparisons, since the contrasts were "
             "picked out of them afterwards";
    }
    std::string out = "the main family, " +
                      (choices.contrasts.beforehand()
                           ? "the contrasts " + listed(choices.contrasts.values)
                           : std::string("whole reconstructions")) +
                      " as long as their original against it";
    if (!named_family()) return out;
    std::vector<std::string> where;
    if (choices.layers.beforehand()) where.push_back(layers_words(choices));
    if (choices.methods.beforehand()) where.push_back(methods_words(choices));
    if (!where.empty()) out += " (" + listed(where) + ")";
    return out + " as the sweep names them";
  }

  std::string singled_out() const {
    const std::string note = choices_note(source_.choices);
    const std::vector<std::string>& rows = source_.choices.rows;
    std::string out;
    if (!note.empty()) {
      out = "Singled out. " + note;
      if (source_.choices.layers.beforehand()) {
        out +=
            " Bands of noise are for all vectors at the named layers at once.";
      }
    }
    if (!rows.empty()) {
      out += fmt::format(
          "{}Rows of the main table: originals and, as the report was asked "
          "for, {}.",
          out.empty() ? "Singled out. " : " ", listed(rows));
    }
    return out;
  }

  std::string families() {
    const Comparisons& all = source_.comparisons;
    std::vector<std::string> parts;
    const bool named_layers = source_.choices.layers.beforehand();
    if (all.slopes.n > 0) {
      parts.push_back(fmt::format("originals' slopes against 0{}, {}",
                                  named_layers ? " at the named layers" : "",
                                  size_text(all.slopes)));
    }
    if (all.other_slopes.n > 0) {
      parts.push_back("those at other layers, " + size_text(all.other_slopes));
    }
    if (all.main.n > 0) {
      parts.push_back(main_family() + ", " + size_text(all.main));
    }
    if (all.exploratory.n > 0) {
      parts.push_back(fmt::format("an exploratory one of {}, {}",
                                  named_family()
                                      ? "whatever else was steered"
                                      : "parts and whatever else was steered",
                                  size_text(all.exploratory)));
    }
    if (parts.empty()) return "";
    std::string out = fmt::format(
        "Comparisons. Signs of whole clusters are flipped, one sign a cluster "
        "for all comparisons of a behaviour, and p is adjusted over families "
        "by "
        "step-down maxima ({}): {}. ",
        cite(Citation::westfall_young), fmt::join(parts, "; "));
    if (any([](const Steerability& one) { return one.one_answer_each; })) {
      out += fmt::format(
          "Where each cluster has one of two answers, it is a wild cluster "
          "bootstrap with the null imposed ({}). ",
          cite(Citation::cameron_gelbach_miller));
    }
    return out +
           fmt::format("p counts the observed signs among the drawn ones ({}).",
                       cite(Citation::phipson_smyth));
  }

  std::string atoms() {
    const bool judged =
        std::ranges::any_of(source_.slopes, [&](const Steerability& one) {
          return is(variant_row(source_, one).part, storage::Part::minus_atom);
        });
    if (!judged) return "";
    return fmt::format(
        "Few atoms. K50 (K90) is the smallest number K of strongest atoms that "
        "was steered at which their slope is at least half (nine tenths) of "
        "the vector's, made isotonic over K ({}); its interval inverts t tests "
        "of that difference over clusters, one-sided at 2.5 % each, the upper "
        "end for all K at once (Bonferroni). They are enough from that upper "
        "end on if they also keep more than where 95 % of further fits on K "
        "decoder rows drawn at random lie, for all K at once. An atom is "
        "needed if the slope is smaller without it by p < 0.05 adjusted over "
        "all atoms of the report, and by a tenth or more. At the smallest K "
        "that is enough the atoms are unique if as many that share none with "
        "the method's keep less than half (upper limit), and not unique if "
        "some keep at least 0.8 of what these do (lower limit, Bonferroni over "
        "the disjoint supports). Intervals are for these training pairs.",
        cite(Citation::ayer));
  }

  std::string signs() {
    std::int32_t most = 0;
    for (const CodeSigns& one : code_signs(results_)) {
      most = std::max(most, one.shuffles);
    }
    if (most == 0) return "";
    return fmt::format(
        "Signs of codes (the paper's Table 2). x+ and x- were exchanged for "
        "whole clusters "
        "of pairs, half of those of each answer, in up to {} ways, and the "
        "features whose mean codes differ most chosen anew in each; p is "
        "one-sided, of more counts than such labels give ({}).",
        most, cite(Citation::phipson_smyth));
  }

  std::string fixed_before() const {
    const std::string& digest = results_.origin.sweep_digest;
    std::string out =
        source_.choices.contrasts.afterwards
            ? "Fixed before there were data: thresholds by the program"
        : named_family() ? "Fixed before there were data: thresholds by the "
                           "program, families by the sweep and the program"
                         : "Fixed before there were data: thresholds and "
                           "families by the program";
    if (!results_.origin.program_version.empty()) {
      out += " (coxswain " + results_.origin.program_version + ")";
    }
    out += ", what was compared by the sweep";
    if (!digest.empty()) out += fmt::format(" (SHA-256 {})", digest);
    return out + (first_start_.empty()
                      ? "."
                      : fmt::format(", which was first started at {}.",
                                    first_start_));
  }

  const ReportSource& source_;
  const storage::Results& results_;
  const std::string& first_start_;
  std::vector<Noise> noise_;
  Citations citations_;
};

}  // namespace

Prose methods(const ReportSource& source, const std::string& first_start) {
  return Writer(source, first_start).write();
}

}  // namespace coxswain::analysis
