#include "jobs/steering/behaviour.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_model.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

std::vector<storage::ContrastPair> pairs(int n) {
  std::vector<storage::ContrastPair> out;
  for (int i = 0; i < n; ++i) {
    out.push_back({i, "Question " + std::to_string(i) + "?",
                   i % 2 == 0 ? " (A)" : " (B)", i % 2 == 0 ? " (B)" : " (A)"});
  }
  return out;
}

BehaviourRules rules(const char* chat = "chatml") {
  BehaviourRules out;
  out.chat_template = *template_of(chat);
  if (out.chat_template.name != "plain") out.system = "s";
  out.test_items = 2;
  return out;
}

}  // namespace

TEST_CASE("the last items are for testing, the first for the vector",
          "[jobs][behaviour]") {
  const tests::ToyModel toy(ComputeType::float32);
  BehaviourRules wanted = rules();
  wanted.train_items = 3;
  const Behaviour found =
      prepare_behaviour(pairs(9), wanted, toy.header, "d.jsonl");
  REQUIRE(found.train.size() == 3);
  REQUIRE(found.test.size() == 2);
  CHECK(found.train[2].line == 2);
  CHECK(found.test[0].line == 7);
  CHECK(found.letters);
  CHECK(found.train[1].matching_letter == "B");
  CHECK(found.train[1].tokens.letter_sign == -1);
  CHECK(found.train[0].tokens.letter_sign == 1);
}

TEST_CASE("pairs with other letters or too long are left out with a reason",
          "[jobs][behaviour]") {
  const tests::ToyModel toy(ComputeType::float32);
  auto data = pairs(6);
  data[1].matching = " (C)";
  data[2].question = std::string(600, 'x');
  data[3].other = "maybe";
  const Behaviour found =
      prepare_behaviour(data, rules(), toy.header, "d.jsonl");
  REQUIRE(found.left_out.size() == 3);
  CHECK(found.left_out[0].line == 1);
  CHECK_THAT(found.left_out[1].reason, Catch::Contains("at most 512"));
  CHECK(found.train.size() == 1);
}

TEST_CASE("items with the same two words are one cluster",
          "[jobs][behaviour]") {
  const tests::ToyModel toy(ComputeType::float32);
  auto data = pairs(5);
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i].matching = i < 3 ? "+" : "*";
    data[i].other = "-";
  }
  const Behaviour found =
      prepare_behaviour(data, rules("plain"), toy.header, "d.jsonl");
  CHECK_FALSE(found.letters);
  CHECK(found.train[0].cluster == found.train[2].cluster);
  CHECK(found.train[0].cluster != found.test[0].cluster);
  CHECK(found.train[0].tokens.letter_sign == 0);
}

TEST_CASE("too few usable pairs are refused with the first reason",
          "[jobs][behaviour]") {
  const tests::ToyModel toy(ComputeType::float32);
  auto data = pairs(3);
  data[0].matching = " (C)";
  CHECK_THROWS_WITH(prepare_behaviour(data, rules(), toy.header, "d.jsonl"),
                    Catch::Contains("d.jsonl") &&
                        Catch::Contains("2 usable pairs of 3") &&
                        Catch::Contains("line 1"));
}

TEST_CASE("counterbalanced questions have an item for each order of options",
          "[jobs][behaviour]") {
  const tests::ToyModel toy(ComputeType::float32);
  auto data = pairs(6);
  for (auto& pair : data) pair.question += "\n (A) yes\n (B) no";
  data[4].question = "no options?";
  BehaviourRules wanted = rules();
  wanted.letters = Letters::counterbalanced;
  wanted.train_items = 2;
  const Behaviour found =
      prepare_behaviour(data, wanted, toy.header, "d.jsonl");
  CHECK(found.lines == 6);
  REQUIRE(found.left_out.size() == 1);
  CHECK_THAT(found.left_out[0].reason, Catch::Contains("(A)"));
  // Of questions 0 to 3 and 5 the last two are for testing.
  REQUIRE(found.train.size() == 4);
  REQUIRE(found.test.size() == 4);
  CHECK(found.test[0].line == 3);
  for (const auto* part : {&found.train, &found.test}) {
    for (std::size_t i = 0; i < part->size(); i += 2) {
      const BehaviourItem& as_is = (*part)[i];
      const BehaviourItem& exchanged = (*part)[i + 1];
      CHECK(as_is.cluster == exchanged.cluster);
      CHECK(as_is.option_order == 0);
      CHECK(exchanged.option_order == 1);
      CHECK(as_is.tokens.letter_sign == -exchanged.tokens.letter_sign);
      CHECK(as_is.tokens.shared != exchanged.tokens.shared);
    }
  }
}
