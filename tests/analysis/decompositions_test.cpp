#include "analysis/measures/decompositions.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_results.hpp"

using namespace coxswain;
using namespace coxswain::analysis;
using tests::toy_decomposition;

namespace {

// The same decomposition under all four conventions.
storage::Results all_conventions() {
  storage::Results results = tests::toy_results();
  for (const bool input : {false, true}) {
    for (const bool output : {false, true}) {
      storage::DecompositionRow row = toy_decomposition(1, 0, "encode");
      row.b_dec_input = input ? 1 : 0;
      row.b_dec_output = output ? 1 : 0;
      results.decompositions.push_back(row);
    }
  }
  return results;
}

std::vector<std::string> conventions(const storage::Results& results,
                                     const Picked& rows) {
  std::vector<std::string> names;
  for (const auto* row : rows) names.push_back(convention_name(results, *row));
  return names;
}

}  // namespace

TEST_CASE("tables show what b_dec was not added to, by the SAE's convention",
          "[analysis][decompositions]") {
  const storage::Results results = all_conventions();
  const Picked without = without_b_dec(results);
  CHECK(conventions(results, without) ==
        std::vector<std::string>{"other", "own"});
  CHECK(conventions(results, own_convention(results, without)) ==
        std::vector<std::string>{"own"});
}

TEST_CASE("a sweep with one convention alone is shown with that one",
          "[analysis][decompositions]") {
  storage::Results results = all_conventions();
  auto& rows = results.decompositions;
  rows.erase(rows.begin() + 2, rows.end());  // b_dec kept: not this SAE's own
  rows.erase(rows.begin());                  // and always added
  CHECK(conventions(results, own_convention(results, without_b_dec(results))) ==
        std::vector<std::string>{"other, added"});
  // Another vector's own convention does not hide it.
  rows.push_back(toy_decomposition(3, 0, "encode"));
  CHECK(conventions(results, own_convention(results, without_b_dec(results))) ==
        std::vector<std::string>{"other, added", "own"});
}

TEST_CASE("decompositions of resampled vectors are not shown",
          "[analysis][decompositions]") {
  storage::Results results = all_conventions();
  for (auto& row : results.decompositions) row.resample = 0;
  CHECK(without_b_dec(results).empty());
}
