#include "jobs/steering/behaviour.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "jobs/model/tokenizers/token_text.hpp"
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

// Six questions to each of some pairs of words, in turn.
std::vector<storage::ContrastPair> words(int n_pairs) {
  const std::string signs = "+*/=<>!?";
  std::vector<storage::ContrastPair> out;
  for (int i = 0; i < 6 * n_pairs; ++i) {
    out.push_back({i, "Question " + std::to_string(i) + "?",
                   signs.substr(static_cast<std::size_t>(i % n_pairs), 1),
                   "-"});
  }
  return out;
}

std::vector<int> lines_of(const std::vector<BehaviourItem>& items) {
  std::vector<int> out;
  for (const BehaviourItem& item : items) out.push_back(item.line);
  return out;
}

std::set<int> clusters_of(const std::vector<BehaviourItem>& items) {
  std::set<int> out;
  for (const BehaviourItem& item : items) out.insert(item.cluster);
  return out;
}

bool has_note(const Behaviour& behaviour, const std::string& text) {
  return std::ranges::any_of(behaviour.notes, [&](const std::string& note) {
    return note.find(text) != std::string::npos;
  });
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

TEST_CASE("a line's own system text goes over the behaviour's",
          "[jobs][behaviour]") {
  const tests::ToyModel toy(ComputeType::float32);
  auto data = pairs(6);
  data[1].system = "t";
  data[2].system = "";
  data[3].before = {{"a", "b"}};
  const BehaviourRules wanted = rules();
  const Behaviour found =
      prepare_behaviour(data, wanted, toy.header, "d.jsonl");
  REQUIRE(found.train.size() == 4);
  const auto text = [&](std::size_t i) {
    std::string all;
    for (const std::int32_t id : found.train[i].tokens.shared) {
      all += token_bytes(*toy.header.tokenizer, id);
    }
    return all;
  };
  CHECK_THAT(text(0), Catch::Contains("system\ns<|im_end|>"));
  CHECK_THAT(text(1), Catch::Contains("system\nt<|im_end|>"));
  CHECK_THAT(text(2), !Catch::Contains("system"));
  CHECK_THAT(text(3), Catch::Contains("user\na<|im_end|>\n<|im_start|>"
                                      "assistant\nb<|im_end|>\n"));
}

TEST_CASE("items with the same two words are one cluster",
          "[jobs][behaviour]") {
  const tests::ToyModel toy(ComputeType::float32);
  auto data = pairs(5);
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i].matching = i < 3 ? "+" : "*";
    data[i].other = "-";
  }
  BehaviourRules by_line = rules("plain");
  by_line.split = SplitRule::line;
  const Behaviour found =
      prepare_behaviour(data, by_line, toy.header, "d.jsonl");
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

TEST_CASE("of words no cluster is in training and in test, unless by line",
          "[jobs][behaviour]") {
  const tests::ToyModel toy(ComputeType::float32);
  BehaviourRules wanted = rules("plain");
  wanted.test_items.reset();
  const Behaviour apart =
      prepare_behaviour(words(7), wanted, toy.header, "d.jsonl");
  CHECK(apart.cluster_rule == ClusterRule::words);
  CHECK(apart.train_clusters == 5);
  CHECK(apart.test_clusters == 2);
  CHECK(apart.shared_clusters == 0);
  CHECK(apart.train.size() == 30);
  CHECK(apart.test.size() == 12);
  for (const int cluster : clusters_of(apart.test)) {
    CHECK_FALSE(clusters_of(apart.train).contains(cluster));
  }
  CHECK_FALSE(apart.answers);
  CHECK(apart.test[0].matching_answer == 0);
  CHECK(has_note(apart,
                 "split by cluster (each a pair of words): 2 for testing, "
                 "5 for the vector"));

  wanted.split = SplitRule::cluster;
  wanted.test_clusters = 3;
  wanted.test_items = 4;
  wanted.train_items = 10;
  const Behaviour fewer =
      prepare_behaviour(words(7), wanted, toy.header, "d.jsonl");
  CHECK(fewer.test.size() == 12);
  CHECK(clusters_of(fewer.test).size() == 3);
  CHECK(fewer.train.size() == 10);
  CHECK(fewer.notes.empty());
  for (const auto* part : {&fewer.train, &fewer.test}) {
    CHECK(std::ranges::is_sorted(lines_of(*part)));
  }
}

TEST_CASE("by line the last questions are tested, with a note on their words",
          "[jobs][behaviour]") {
  const tests::ToyModel toy(ComputeType::float32);
  BehaviourRules wanted = rules("plain");
  wanted.split = SplitRule::line;
  wanted.test_items = 4;
  const Behaviour found =
      prepare_behaviour(words(3), wanted, toy.header, "d.jsonl");
  CHECK(lines_of(found.test) == std::vector<int>{14, 15, 16, 17});
  CHECK(found.train.size() == 14);
  for (const auto* part : {&found.train, &found.test}) {
    for (const BehaviourItem& item : *part) {
      CHECK(item.cluster == item.line % 3);
      CHECK(item.tokens.letter_sign == 0);
    }
  }
  CHECK(has_note(found,
                 "3 of 3 test clusters (each a pair of words) are in "
                 "training, too"));
  wanted.split.reset();
  wanted.test_items.reset();
  auto few = words(1);
  CHECK_THROWS_WITH(
      prepare_behaviour(few, wanted, toy.header, "d.jsonl"),
      Catch::Contains("d.jsonl: split: 1 cluster, expected at least two") &&
          Catch::Contains("split = \"line\""));
}

TEST_CASE("of two answers the cluster is the question, and signs are answers",
          "[jobs][behaviour]") {
  const tests::ToyModel toy(ComputeType::float32);
  auto data = pairs(9);
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i].matching = i % 3 == 0 ? " + " : "-";
    data[i].other = i % 3 == 0 ? "-" : "+";
  }
  const auto by = rules("chatml");  // which strips the answers
  const Behaviour found = prepare_behaviour(data, by, toy.header, "d.jsonl");
  REQUIRE(found.answers);
  CHECK(found.answers->first == "-");
  CHECK(found.answers->second == "+");
  CHECK(found.cluster_rule == ClusterRule::question);
  CHECK_FALSE(found.letters);
  CHECK(lines_of(found.test) == std::vector<int>{7, 8});
  CHECK(found.train_clusters == 7);
  CHECK(found.test_clusters == 2);
  for (const auto* part : {&found.train, &found.test}) {
    for (const BehaviourItem& item : *part) {
      CHECK(item.cluster == item.line);
      CHECK(item.matching_answer == (item.line % 3 == 0 ? -1 : 1));
      CHECK(item.tokens.letter_sign == item.matching_answer);
    }
  }
  CHECK(has_note(found,
                 "no question has both \"-\" and \"+\" as its "
                 "matching answer"));

  // The first question again, with the other answer: one cluster, both signs.
  data.insert(data.begin(), {9, data[0].question, "-", "+"});
  const Behaviour both = prepare_behaviour(data, by, toy.header, "d.jsonl");
  CHECK(both.train[0].cluster == both.train[1].cluster);
  CHECK(both.train[0].matching_answer == -both.train[1].matching_answer);
  CHECK_FALSE(has_note(both, "no question has both"));
}

TEST_CASE("one word that always matches over one other is one cluster",
          "[jobs][behaviour]") {
  const tests::ToyModel toy(ComputeType::float32);
  BehaviourRules wanted = rules("plain");
  wanted.split = SplitRule::line;
  const Behaviour found =
      prepare_behaviour(words(1), wanted, toy.header, "d.jsonl");
  CHECK_FALSE(found.answers);
  CHECK(found.test_clusters == 1);
  CHECK(found.train_clusters == 1);
  CHECK(found.shared_clusters == 1);
  CHECK(found.test[0].matching_answer == 0);
  CHECK(found.test[0].tokens.letter_sign == 0);
}

TEST_CASE("letters are two answers, and split by line unless said",
          "[jobs][behaviour]") {
  const tests::ToyModel toy(ComputeType::float32);
  auto wanted = rules();
  const Behaviour found =
      prepare_behaviour(pairs(9), wanted, toy.header, "d.jsonl");
  CHECK(found.answers == TwoAnswers{"A", "B"});
  CHECK(found.test[0].matching_answer == -1);
  CHECK(found.test[1].matching_answer == 1);
  CHECK(found.notes.empty());
  wanted.test_items.reset();
  for (const bool said : {true, false}) {
    wanted.split.reset();
    if (said) wanted.split = SplitRule::cluster;
    wanted.test_clusters = 4;
    const Behaviour drawn =
        prepare_behaviour(pairs(9), wanted, toy.header, "d.jsonl");
    CHECK(drawn.test.size() == 4);
    CHECK(drawn.train.size() == 5);
    CHECK(drawn.notes.empty());
    CHECK(drawn.shared_clusters == 0);
  }
}

TEST_CASE("groups go over questions and words", "[jobs][behaviour]") {
  const tests::ToyModel toy(ComputeType::float32);
  auto data = pairs(20);
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i].group = "topic " + std::to_string(i % 5);
  }
  auto wanted = rules();
  wanted.test_items.reset();
  const Behaviour found =
      prepare_behaviour(data, wanted, toy.header, "d.jsonl");
  CHECK(found.cluster_rule == ClusterRule::group);
  CHECK(found.test_clusters == 1);
  CHECK(found.test.size() == 4);
  CHECK(found.train_clusters == 4);
  CHECK(found.test[0].matching_answer == found.test[0].tokens.letter_sign);
  CHECK(has_note(found, "split by cluster (each a group): 1 for testing"));

  wanted.split = SplitRule::line;
  wanted.test_items = 3;
  CHECK(has_note(prepare_behaviour(data, wanted, toy.header, "d.jsonl"),
                 "3 of 3 test clusters (each a group) are in training"));

  for (auto& pair : data) pair.group = "one";
  wanted.split.reset();
  CHECK_THROWS_WITH(prepare_behaviour(data, wanted, toy.header, "d.jsonl"),
                    Catch::Contains("split: 1 cluster"));
}
