#include "analysis/measures/atom_verdicts.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/answers/atom_answers.hpp"
#include "analysis/figures/figures.hpp"
#include "analysis/measures/decompositions.hpp"
#include "analysis/measures/support_overlaps.hpp"
#include "analysis/tables/tables.hpp"
#include "tests/support/toy_atoms.hpp"
#include "tests/support/toy_results.hpp"
#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::ToyAtoms;

namespace {

// The one verdict that such results have.
AtomVerdict verdict_of(const storage::Results& results) {
  const ReportSource source = report_source(results);
  const std::vector<AtomVerdict> all = atom_verdicts(source);
  REQUIRE(all.size() == 1);
  AtomVerdict one = all.front();
  one.curve = {};  // points into the source
  for (LeftOut& atom : one.left_out) {
    atom.effect.single = atom.effect.minus = atom.effect.off = nullptr;
  }
  return one;
}

AtomVerdict verdict_of(const ToyAtoms& atoms) {
  return verdict_of(tests::toy_atoms(atoms));
}

}  // namespace

TEST_CASE("few atoms that keep half, and more than random ones, are enough",
          "[analysis][atom_verdicts]") {
  const AtomVerdict of = verdict_of(ToyAtoms{});
  CHECK(of.half.estimate == 1);
  CHECK(of.half.low == 1);
  CHECK(of.half.high == 1);
  CHECK(of.most.estimate == 2);
  REQUIRE(of.enough.has_value());
  CHECK(*of.enough == 1);
  REQUIRE(of.random.size() == 3);
  CHECK(of.random[0].estimate == Approx(0.15));
  // t of 2 degrees of freedom at 1 - 0.025 / 3, deviation 0.05.
  CHECK(of.random[0].high ==
        Approx(0.15 + 7.648834 * 0.05 * std::sqrt(4.0 / 3)).epsilon(1e-5));
}

TEST_CASE("what random atoms keep as well is not enough",
          "[analysis][atom_verdicts]") {
  ToyAtoms atoms;
  atoms.random = {0.5, 0.6, 0.7};
  const AtomVerdict of = verdict_of(atoms);
  CHECK(of.half.estimate == 1);
  CHECK_FALSE(of.enough.has_value());
  CHECK(of.unique == Uniqueness::not_decided);
}

TEST_CASE(
    "what is less than half again is not enough where fewer atoms were more",
    "[analysis][atom_verdicts]") {
  ToyAtoms atoms;
  atoms.first = {0.3, 0.58, 0.45};
  atoms.random = {0.1, 0.11, 0.12};
  CHECK(verdict_of(atoms).enough == 1U);
  atoms.random_of_two = 0.5;
  CHECK_FALSE(verdict_of(atoms).enough.has_value());
}

TEST_CASE("without random supports nothing is shown to be enough",
          "[analysis][atom_verdicts]") {
  storage::Results results = tests::toy_atoms();
  for (storage::DecompositionRow& row : results.decompositions) {
    if (row.method == 2) row.method = 0;
  }
  const AtomVerdict of = verdict_of(results);
  CHECK(std::isnan(of.random[0].high));
  CHECK_FALSE(of.enough.has_value());
}

TEST_CASE("an atom is needed if a tenth is lost without it, by its p",
          "[analysis][atom_verdicts]") {
  const AtomVerdict of = verdict_of(ToyAtoms{});
  REQUIRE(of.left_out.size() == 4);
  CHECK(of.left_out[0].effect.atom.feature == 8);
  CHECK(of.left_out[0].lost.estimate == Approx(0.3));
  CHECK(of.left_out[0].needed);
  CHECK(of.left_out[1].needed);
  // Surely something, but a twentieth.
  CHECK(of.left_out[2].lost.estimate == Approx(0.05));
  CHECK(of.left_out[2].adjusted < 0.05);
  CHECK_FALSE(of.left_out[2].needed);
  CHECK(of.left_out[3].lost.estimate == Approx(0).margin(1e-9));
  CHECK_FALSE(of.left_out[3].needed);
  // Of all together: 0.95 in four parts.
  CHECK(of.n_added == 4);
  CHECK(of.excess.estimate == Approx(0.0).margin(1e-6));
}

TEST_CASE("atoms are unique if disjoint ones keep little, not if most",
          "[analysis][atom_verdicts]") {
  ToyAtoms atoms;
  CHECK(verdict_of(atoms).unique == Uniqueness::unique);
  atoms.disjoint = {0.3, 0.6, 0.95};
  CHECK(verdict_of(atoms).unique == Uniqueness::not_unique);
  atoms.disjoint = {0.3, 0.46, 0.6};
  atoms.spread = 0.1;
  CHECK(verdict_of(atoms).unique == Uniqueness::not_decided);
}

TEST_CASE("a vector that does not steer has no verdict",
          "[analysis][atom_verdicts]") {
  storage::Results results = tests::toy_atoms();
  for (storage::PropensityRow& row : results.propensity) {
    if (row.variant == 0) row.logit_match *= 0.01F;
  }
  CHECK(atom_verdicts(report_source(results)).empty());
  CHECK(atom_answers(report_source(results)).empty());
}

TEST_CASE("verdicts are told in a sentence, tables and figures",
          "[analysis][atom_verdicts]") {
  const storage::Results results = tests::toy_atoms();
  const auto all = atom_answers(report_source(results));
  REQUIRE(all.size() == 1);
  CHECK(all[0].shown == Shown::yes);
  CHECK_THAT(all[0].text,
             Catch::Contains("kind, layer 3, early, omp:4: 2 atoms are enough "
                             "for half") &&
                 Catch::Contains("half at 2 [2, 2]") &&
                 Catch::Contains("8 (0.30 lost") &&
                 Catch::Contains("Others would not do"));
  const Table verdict = tests::table_of(verdict_table, results);
  REQUIRE(verdict.rows.size() == 1);
  CHECK(tests::shown(verdict, 0, "K50") == "2 [2, 2]");
  CHECK(tests::shown(verdict, 0, "K90") == "4 [4, 4]");
  CHECK(tests::shown(verdict, 0, "enough at") == "2");
  CHECK(tests::shown(verdict, 0, "unique") == "unique");
  CHECK(tests::shown(verdict, 0, "needed") == "8 and 7 of 4");
  const Table kept = tests::table_of(atoms_kept_table, results);
  REQUIRE(kept.rows.size() == 3);
  CHECK(tests::shown(kept, 2, "K") == "4");
  const Table atoms = tests::table_of(atoms_table, results);
  REQUIRE(atoms.rows.size() == 4);
  CHECK(tests::shown(atoms, 0, "feature") == "8");
  CHECK(tests::shown(atoms, 2, "coefficient") == "-2.000");
  CHECK(tests::features_named(atoms, 1) ==
        std::vector<std::string>{"feature: 7"});
  const auto curve = tests::figures_of(atoms_kept, results);
  REQUIRE(curve.size() == 1);
  CHECK(std::get<Curves>(curve[0].content).series.size() == 4);
  const auto needed = tests::figures_of(atoms_needed, results);
  REQUIRE(needed.size() == 1);
  CHECK(std::get<Curves>(needed[0].content).series.size() == 3);
}

TEST_CASE("draws stand in no other table, figure or family",
          "[analysis][atom_verdicts]") {
  const storage::Results results = tests::toy_atoms();
  const ReportSource source = report_source(results);
  for (std::size_t i = 0; i < results.variants.size(); ++i) {
    if (!is_support_control(results, results.variants[i])) continue;
    CHECK(source.comparisons.of[i].family == Family::none);
  }
  const Table steerability = tests::table_of(steerability_table, results);
  for (std::size_t row = 0; row < steerability.rows.size(); ++row) {
    const std::string name = tests::shown(steerability, row, "variant");
    CHECK_THAT(name, !Catch::Contains("random-support") &&
                         !Catch::Contains("disjoint"));
  }
}

TEST_CASE("supports are compared feature by feature",
          "[analysis][atom_verdicts]") {
  storage::Results results = tests::toy_atoms();
  // What noise was taken apart into: the same features twice, and others.
  storage::DecompositionRow row = results.decompositions.front();
  row.control = static_cast<std::int32_t>(storage::Control::covariance);
  const std::vector<std::vector<std::int32_t>> codes{
      {1, 2, 3, 4}, {1, 2, 3, 4}, {3, 4, 5, 6}};
  std::vector<std::int64_t> offsets{0};
  std::vector<std::int32_t> features{5, 6, 7, 8};
  std::vector<float> values{1, -2, 3, 4};
  for (std::size_t i = 0; i < results.decompositions.size(); ++i) {
    offsets.push_back(4);
  }
  for (std::size_t i = 0; i < codes.size(); ++i) {
    row.seed = static_cast<std::int32_t>(i);
    results.decompositions.push_back(row);
    features.insert(features.end(), codes[i].begin(), codes[i].end());
    for (const float value : {1.F, 2.F, 3.F, 4.F}) values.push_back(value);
    offsets.push_back(std::ssize(features));
  }
  const auto n = std::ssize(features);
  results.arrays["codes/offsets"] = storage::make_array(
      std::span<const std::int64_t>(offsets), {std::ssize(offsets)});
  results.arrays["codes/values"] =
      storage::make_array(std::span<const float>(values), {n});
  results.arrays["codes/features"] = {
      storage::DType::i32,
      {n},
      std::string(reinterpret_cast<const char*>(features.data()),
                  4 * features.size())};
  const ReportSource source = report_source(results);
  const auto curves = atom_curves(source);
  REQUIRE(curves.size() == 1);
  const auto overlaps = support_overlaps(source, curves.front(), 4);
  REQUIRE(overlaps.size() == 1);
  CHECK(overlaps[0].other == OtherSupport::covariance);
  CHECK(overlaps[0].pairs == 3);
  // 1, and two of six twice.
  CHECK(overlaps[0].jaccard.estimate == Approx((1 + 2.0 / 6 + 2.0 / 6) / 3));
  CHECK(overlaps[0].jaccard.low == Approx(2.0 / 6));
  CHECK(overlaps[0].jaccard.high == Approx(1));
}
