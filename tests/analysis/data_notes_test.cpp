#include "analysis/measures/data_notes.hpp"

#include <catch2/catch.hpp>

#include "storage/results/enumerations.hpp"
#include "tests/support/toy_results.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

namespace {

void add_item(storage::Results& results, storage::Split split,
              std::int32_t cluster, std::int32_t answer = 0,
              std::int32_t behaviour = 0) {
  storage::ItemRow item;
  item.behaviour = behaviour;
  item.split = static_cast<std::uint8_t>(split);
  item.cluster = cluster;
  item.matching_answer = answer;
  results.items.push_back(item);
}

// The number of method "own", which the toy's names get.
std::int32_t own_method(storage::Results& results) {
  for (auto& [name, rows] : results.names) {
    if (name != "methods") continue;
    storage::NameRow row = rows.front();
    row.id = static_cast<std::int32_t>(rows.size());
    row.name = {"own"};
    rows.push_back(row);
    return row.id;
  }
  return -1;
}

constexpr auto kTrain = storage::Split::train;
constexpr auto kTest = storage::Split::test;

}  // namespace

TEST_CASE("test words that were in training are counted",
          "[analysis][data_notes]") {
  storage::Results results = tests::toy_results();
  for (const std::int32_t cluster : {0, 0, 1, 2}) {
    add_item(results, kTrain, cluster);
  }
  for (const std::int32_t cluster : {1, 1, 2, 5}) {
    add_item(results, kTest, cluster);
  }
  const DataFacts facts = data_facts(results, 0);
  CHECK(facts.words);
  CHECK(facts.train_clusters == 3);
  CHECK(facts.test_clusters == 3);
  CHECK(facts.shared_clusters == 2);
  const auto notes = data_notes(results, 0);
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0],
             Catch::StartsWith("2 of 3 test word pairs were in training"));
  // The other behaviour has nothing to say.
  CHECK(data_notes(results, 1).empty());
  CHECK(data_notes(results) == std::vector<std::string>{"kind: " + notes[0]});
}

TEST_CASE("a split by cluster says that words are new",
          "[analysis][data_notes]") {
  storage::Results results = tests::toy_results();
  for (const std::int32_t behaviour : {0, 1}) {
    results.behaviours[static_cast<std::size_t>(behaviour)].split_by_cluster =
        1;
    add_item(results, kTrain, 0, 0, behaviour);
    add_item(results, kTest, 1, 0, behaviour);
  }
  const auto notes = data_notes(results);
  // Both say the same: once, without names.
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], Catch::StartsWith("New words, these frames"));
}

TEST_CASE("one answer a question is confounded with the questions",
          "[analysis][data_notes]") {
  storage::Results results = tests::toy_results();
  results.behaviours[0].answer_first = {"Yes"};
  results.behaviours[0].answer_second = {"No"};
  add_item(results, kTest, 0, 1);
  add_item(results, kTest, 1, -1);
  const DataFacts facts = data_facts(results, 0);
  CHECK_FALSE(facts.words);
  CHECK(facts.one_answer_each);
  CHECK_THAT(data_notes(results, 0).at(0),
             Catch::Contains("confounded with the questions") &&
                 Catch::Contains("one of Yes and No"));
  // Both answers of both questions.
  add_item(results, kTest, 0, -1);
  add_item(results, kTest, 1, 1);
  CHECK(data_notes(results, 0).empty());
  CHECK(std::string(clusters_name(facts)) == "questions");
}

TEST_CASE("of a vector from a file nobody knows what it was made of",
          "[analysis][data_notes]") {
  storage::Results results = tests::toy_results();
  for (const auto split : {kTrain, kTest}) add_item(results, split, 1);
  results.behaviours[0].split_by_cluster = 1;
  REQUIRE(data_facts(results, 0).shared_clusters == 1);
  for (storage::VectorRow& row : results.vectors) {
    if (row.behaviour == 0) row.method = own_method(results);
  }
  const DataFacts facts = data_facts(results, 0);
  CHECK(facts.own_vector);
  CHECK(facts.shared_clusters == 0);
  CHECK_FALSE(facts.split_by_cluster);
  CHECK(data_notes(results, 0).empty());
}
