#include "analysis/methods.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <catch2/catch.hpp>

#include "storage/results/name_tables.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::add_variant;

namespace {

std::string text_of(const storage::Results& results,
                    const std::string& first_start = "",
                    const ReportChoices& choices = {}) {
  const Prose prose = methods(report_source(results, choices), first_start);
  return fmt::format("{}\n{}", fmt::join(prose.paragraphs, "\n"),
                     fmt::join(prose.references, "\n"));
}

storage::Results steered() {
  storage::Results results = tests::toy_steered();
  results.decompositions = {tests::toy_decomposition(0, 1, "encode")};
  results.origin.sweep_digest = "0123abcd";
  add_variant(results, {.slopes = std::vector<double>(8, 2.0)});
  add_variant(results, {"reconstruction", 0, 3, {1, 2, 1, 2, 1, 2, 1, 2}, 0});
  tests::add_weak_noise(results);
  return results;
}

}  // namespace

TEST_CASE("methods say what was done and cite it", "[analysis][methods]") {
  const std::string text = text_of(steered(), "2026-11-20T12:04:31Z");
  for (const char* part :
       {"kind: 0 training pairs (0 word pairs), 0 test items (8 word pairs)",
        "by least squares over -1, 1 (Tan et al. 2024)",
        "(Ibragimov and Mueller 2010)", "random (4 seeds)",
        "originals' slopes against 0, 1 comparison on 8 clusters, p at least "
        "0.0078; the main family",
        "(SHA-256 0123abcd)", "first started at 2026-11-20T12:04:31Z.",
        "Vectors are taken as they", "Westfall, P. H. and Young",
        "Fieller, E. C."}) {
    CHECK_THAT(text, Catch::Contains(part));
  }
  // What was not done is neither said nor cited.
  for (const char* part : {"Welch", "Satterthwaite, F. E.", "exploratory",
                           "Cameron", "covariance ("}) {
    CHECK_THAT(text, !Catch::Contains(part));
  }
}

TEST_CASE("methods say how vectors were made of pairs if not all are means",
          "[analysis][methods]") {
  storage::Results results = steered();
  storage::NameTables& names = results.names;
  std::erase_if(names, [](const auto& one) { return one.first == "methods"; });
  names.push_back({"methods",
                   {{0, {"mean-difference"}, {"mean of differences"}},
                    {1, {"own"}, {"a vector from a file"}},
                    {2, {"pca"}, {"largest direction"}}}});
  CHECK_THAT(text_of(results), !Catch::Contains("Vectors. "));
  results.vectors.push_back(results.vectors.front());
  results.vectors.back().method = 1;
  CHECK_THAT(text_of(results), !Catch::Contains("Vectors. "));
  results.vectors.back().method = 2;
  CHECK_THAT(text_of(results),
             Catch::Contains("in these ways: mean-difference, mean of "
                             "differences; pca, largest direction."));
}

TEST_CASE("methods of two answers and resampled vectors are theirs",
          "[analysis][methods]") {
  storage::Results results = steered();
  results.vectors[0].n_clusters = 10;
  for (std::size_t i = 0; i < 8; ++i) {
    results.items[i].matching_answer = i % 2 == 0 ? 1 : -1;
  }
  results.behaviours[0].answer_first = {"Yes"};
  results.behaviours[0].answer_second = {"No"};
  for (const std::int32_t seed : {0, 1, 2}) {
    add_variant(results, {"resampled", 0, 3,
                          std::vector<double>(8, 1.9 + 0.1 * seed), -1, seed});
  }
  const std::string text = text_of(results);
  for (const char* part :
       {"8 questions), answers Yes and No, one of which matches in each",
        "Intervals of 1 slopes have two levels", "Welch, B. L.",
        "Satterthwaite, F. E.", "Cameron, A. C."}) {
    CHECK_THAT(text, Catch::Contains(part));
  }
  CHECK_THAT(
      text, !Catch::Contains("first started") && !Catch::Contains("Ibragimov"));
}

TEST_CASE("methods say how often x+ and x- were exchanged",
          "[analysis][methods]") {
  storage::Results results = steered();
  results.code_differences.push_back({0, 0, 1, 0, 0, 1, 2, -0.5, -0.5, 0});
  CHECK_THAT(text_of(results), !Catch::Contains("Table 2"));
  tests::add_sign_null(results, 0, 1, {{5, 0}, {5, 0}, {5, 0}, {0, 5}});
  CHECK_THAT(text_of(results),
             Catch::Contains("Signs of codes (the paper's Table 2)") &&
                 Catch::Contains("in up to 5 ways"));
}

TEST_CASE("nothing steered has no methods", "[analysis][methods]") {
  const storage::Results nothing;
  CHECK(methods(report_source(nothing), "").paragraphs.empty());
}

TEST_CASE("without noise methods say that nothing steers",
          "[analysis][methods]") {
  storage::Results results = tests::toy_steered();
  add_variant(results, {.slopes = std::vector<double>(8, 2.0)});
  CHECK_THAT(text_of(results), Catch::Contains("Noise. None was steered"));
}

TEST_CASE("methods say what the sweep named", "[analysis][methods]") {
  storage::Results results = steered();
  add_variant(results, {.layer = 5, .slopes = std::vector<double>(8, 1.0)});
  CHECK_THAT(text_of(results),
             !Catch::Contains("Singled out") && !Catch::Contains("named"));
  ReportChoices choices;
  choices.layers.values = {3};
  choices.methods.values = {"encode"};
  choices.contrasts.values = {"reconstruction"};
  choices.rows = {"reconstruction", "noise"};
  const std::string text = text_of(results, "", choices);
  for (const char* part :
       {"originals' slopes against 0 at the named layers, 1 comparison on 8 "
        "clusters, p at least 0.0078; those at other layers, 1 comparison",
        "the main family, the contrasts reconstruction as long as their "
        "original against it (layer 3 and method encode) as the sweep names "
        "them, 1 comparison on 8",
        "\nSingled out. Named by the sweep: layer 3, method encode and "
        "contrast reconstruction. Bands of noise are for all vectors at the "
        "named layers at once. Rows of the main table: originals and, as the "
        "report was asked for, reconstruction and noise.\n",
        "thresholds by the program, families by the sweep and the program"}) {
    CHECK_THAT(text, Catch::Contains(part));
  }
}

TEST_CASE("methods don't say of what was picked that it was fixed",
          "[analysis][methods]") {
  storage::Results results = steered();
  add_variant(results, {.layer = 5, .slopes = std::vector<double>(8, 1.0)});
  ReportChoices choices;
  choices.layers = {{3}, true};
  choices.contrasts = {{"reconstruction"}, true};
  const std::string text = text_of(results, "", choices);
  for (const char* part :
       {"originals' slopes against 0, 2 comparisons on 8",
        "one family of all other comparisons, since the contrasts were picked "
        "out of them afterwards, 1 comparison",
        "Singled out. Picked afterwards: layer 3 and contrast reconstruction; "
        "bands and p are for all that could have been picked.",
        "Fixed before there were data: thresholds by the program,"}) {
    CHECK_THAT(text, Catch::Contains(part));
  }
  CHECK_THAT(text, !Catch::Contains("by the sweep and the program") &&
                       !Catch::Contains("named layers"));
}
