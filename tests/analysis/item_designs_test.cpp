#include "analysis/measures/item_designs.hpp"

#include <catch2/catch.hpp>

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

storage::ItemRow item_of(const char* letter, std::int32_t answer,
                         std::int32_t cluster) {
  storage::ItemRow row;
  row.matching_letter = {letter};
  row.matching_answer = answer;
  row.cluster = cluster;
  return row;
}

}  // namespace

TEST_CASE("letters are answers in files of every format",
          "[analysis][item_designs]") {
  CHECK(matching_answer(item_of("A", 0, 0)) == 1);
  CHECK(matching_answer(item_of("B", 0, 0)) == -1);
  CHECK(matching_answer(item_of("", -1, 0)) == -1);
  CHECK(matching_answer(item_of("", 0, 0)) == 0);
}

TEST_CASE("equal items share a design", "[analysis][item_designs]") {
  storage::Results results;
  results.items = {item_of("A", 0, 7), item_of("B", 0, 7), item_of("A", 0, 9)};
  ItemDesigns designs(results);
  const ClusterDesign& all = designs.of({0, 1, 2});
  const ClusterDesign& some = designs.of({0, 1});
  CHECK(all.n_clusters() == 2);
  CHECK(all.items()[1] == ClusteredItem{-1, 7});
  CHECK(some.n_clusters() == 1);
  CHECK(&designs.of({0, 1, 2}) == &all);
}
