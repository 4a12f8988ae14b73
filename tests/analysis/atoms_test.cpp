#include "analysis/measures/atoms.hpp"

#include <catch2/catch.hpp>
#include <span>
#include <vector>

#include "analysis/measures/labels.hpp"
#include "storage/results/enumerations.hpp"
#include "tests/support/toy_results.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

// Two decompositions: none, and four coefficients, of which the first two are
// known to be ranked as they are.
storage::Results some_results() {
  storage::Results results = tests::toy_results();
  results.decompositions.resize(2);
  results.features.clear();
  const std::vector<std::int64_t> offsets{0, 0, 4};
  const std::vector<std::int32_t> features{3, 8, 11, 20};
  const std::vector<float> values{-2, 0.5F, 2, -0.5F};
  results.arrays["codes/offsets"] =
      storage::make_array(std::span<const std::int64_t>(offsets), {3});
  results.arrays["codes/values"] =
      storage::make_array(std::span<const float>(values), {4});
  results.arrays["codes/features"] = {
      storage::DType::i32,
      {4},
      std::string(reinterpret_cast<const char*>(features.data()), 16)};
  return results;
}

std::vector<std::int32_t> features_of(const storage::Results& results) {
  std::vector<std::int32_t> features;
  for (const Atom& one : atoms_of(results, 1)) features.push_back(one.feature);
  return features;
}

storage::VariantRow part(storage::Part which, std::int32_t k) {
  storage::VariantRow row;
  row.source =
      static_cast<std::int32_t>(storage::VariantSource::reconstruction);
  row.norm_rule = static_cast<std::int32_t>(storage::NormRule::equal);
  row.decomposition = 1;
  row.part = static_cast<std::int32_t>(which);
  row.part_k = k;
  return row;
}

}  // namespace

TEST_CASE("atoms stand by size, ties by feature, unless more is known",
          "[analysis][atoms]") {
  storage::Results results = some_results();
  CHECK(features_of(results) == std::vector<std::int32_t>{3, 11, 8, 20});
  CHECK(atoms_of(results, 1)[1].coefficient == 2);
  // Of the first two tables/features says which was larger.
  for (const std::int32_t feature : {11, 3}) {
    storage::FeatureRow row;
    row.decomposition = 1;
    row.rank = feature == 11 ? 0 : 1;
    row.feature = feature;
    results.features.push_back(row);
  }
  CHECK(features_of(results) == std::vector<std::int32_t>{11, 3, 8, 20});
  CHECK(atoms_of(results, 0).empty());
  CHECK(atoms_of(results, -1).empty());
  CHECK(atoms_of(results, 2).empty());
  results.arrays.erase("codes/features");
  CHECK(atoms_of(results, 1).empty());
}

TEST_CASE("a part of one atom is of its feature, and says so",
          "[analysis][atoms]") {
  const storage::Results results = some_results();
  using storage::Part;
  for (const Part one : {Part::atom, Part::without, Part::minus_atom}) {
    CHECK(feature_of(results, part(one, 0)) == 3);
    CHECK(feature_of(results, part(one, 2)) == 8);
    CHECK(feature_of(results, part(one, 4)) == -1);
  }
  for (const Part one : {Part::first, Part::without_first}) {
    CHECK(feature_of(results, part(one, 1)) == -1);
  }
  CHECK(feature_of(results, part(Part::all, -1)) == -1);
  storage::VariantRow said = part(Part::atom, 0);
  said.feature = 77;
  CHECK(feature_of(results, said) == 77);

  const storage::VariantRow atom = part(Part::atom, 1);
  CHECK(variant_name(results, atom).find("atom 1 = feature 11") !=
        std::string::npos);
  // Its kind is that of several layers, whose features are others.
  CHECK(variant_kind(results, atom).find("feature") == std::string::npos);
  CHECK(variant_name(results, part(Part::first, 2)).find("feature") ==
        std::string::npos);
}
