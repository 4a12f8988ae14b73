#include "jobs/steering/copies.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "jobs/steering/behaviour.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_model.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using storage::ContrastPair;

namespace {

ContrastPair pair(const std::string& question,
                  const std::string& matching = " (A)",
                  const std::string& other = " (B)") {
  return {0, question, matching, other};
}

bool same(const ContrastPair& a, const ContrastPair& b) {
  return question_key(a) == question_key(b);
}

// Questions named by letters, one line each: equal letters are copies.
std::vector<ContrastPair> named(const std::string& names) {
  std::vector<ContrastPair> out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.push_back(
        {static_cast<int>(i), std::string("No. ") + names[i], " (A)", " (B)"});
  }
  return out;
}

BehaviourRules rules(int test_items) {
  BehaviourRules out;
  out.chat_template = *template_of("plain");
  out.test_items = test_items;
  return out;
}

Behaviour prepared(const std::vector<ContrastPair>& pairs,
                   const BehaviourRules& by) {
  const tests::ToyModel toy(ComputeType::float32);
  return prepare_behaviour(pairs, by, toy.header, "d.jsonl");
}

std::vector<int> lines(const std::vector<BehaviourItem>& items) {
  std::vector<int> out;
  for (const BehaviourItem& item : items) out.push_back(item.line);
  return out;
}

using Lines = std::vector<int>;

}  // namespace

TEST_CASE("copies are told whatever their white space, code points and order",
          "[jobs][copies]") {
  const ContrastPair one = pair("Is it caf\u00e9?\n\n (A) Yes\n (B) No");
  CHECK(same(one, one));
  CHECK(same(one, pair("Is it  cafe\u0301?\n (A) Yes \n (B)\u00a0No\n")));
  CHECK(same(one, pair("\uFEFFIs it caf\u00e9?\r\n (A) Yes\r\n (B) No")));
  CHECK(same(one, pair("Is it caf\u00e9? (A) Yes (B) No")));
  CHECK(same(one, pair(one.question, "(B)", "(A)")));
  // The same words under the other letters.
  CHECK(same(one, pair("Is it caf\u00e9?\n\n (A) No\n (B) Yes")));
  CHECK(
      same(one, pair("Is it caf\u00e9?\n\n (A) No\n (B) Yes", " (B)", " (A)")));
  CHECK(same(pair("Why?", "yes", "no"), pair(" Why?", "no", " yes")));
  // Three options in another order, the same two of them asked for.
  CHECK(same(pair("Q\n (A) x\n (B) y\n (C) z"),
             pair("Q\n (A) z\n (B) y\n (C) x", " (C)", " (B)")));
}

TEST_CASE("other questions, answers and options are no copies",
          "[jobs][copies]") {
  const ContrastPair one = pair("Is it?\n (A) Yes\n (B) No");
  CHECK_FALSE(same(one, pair("Was it?\n (A) Yes\n (B) No")));
  CHECK_FALSE(same(one, pair("Is it?\n (A) Yes\n (B) Never")));
  CHECK_FALSE(same(one, pair("Is it?\n (A) YesN\n (B) o")));
  CHECK_FALSE(same(one, pair("Isit?\n (A) Yes\n (B) No")));
  CHECK_FALSE(same(one, pair("is it?\n (A) Yes\n (B) No")));
  CHECK_FALSE(same(pair("Why?", "yes", "no"), pair("Why?", "yes", "never")));
  CHECK_FALSE(same(pair("2\u00b2?", "a", "b"), pair("22?", "a", "b")));
  CHECK_FALSE(same(pair("Q\n (A) x\n (B) y\n (C) z"),
                   pair("Q\n (A) x\n (B) y\n (C) z", " (A)", " (C)")));
}

TEST_CASE("what was said before is of the question, the system text is not",
          "[jobs][copies]") {
  const ContrastPair alone = pair("Shall I?");
  ContrastPair later = alone;
  later.before = {{"Is it open?", "It is."}};
  CHECK_FALSE(same(alone, later));
  ContrastPair again = later;
  again.before = {{"Is  it open? ", "It is."}};
  CHECK(same(later, again));
  again.before[0].assistant = "It is not.";
  CHECK_FALSE(same(later, again));
  again = later;
  again.system = "Be brief.";
  CHECK(same(later, again));
}

TEST_CASE("without copies the last questions are for testing",
          "[jobs][copies]") {
  const Behaviour found = prepared(named("abcdefg"), rules(3));
  CHECK(found.copies == 0);
  CHECK(found.notes.empty());
  CHECK(lines(found.train) == Lines{0, 1, 2, 3});
  CHECK(lines(found.test) == Lines{4, 5, 6});
  for (const BehaviourItem& item : found.train) {
    CHECK(item.cluster == item.line);
  }
}

TEST_CASE("copies stand on one side and are one cluster", "[jobs][copies]") {
  const Behaviour found = prepared(named("abcdeabcde"), rules(4));
  CHECK(found.copies == 5);
  CHECK(lines(found.train) == Lines{0, 1, 2, 5, 6, 7});
  CHECK(lines(found.test) == Lines{3, 4, 8, 9});
  CHECK(found.test[0].cluster == found.test[2].cluster);
  CHECK(found.test[0].cluster != found.test[1].cluster);
  CHECK(found.train[1].cluster == found.train[4].cluster);
  REQUIRE(found.notes.size() == 1);
  CHECK_THAT(found.notes[0],
             Catch::Contains("5 of 10 pairs are copies of earlier ones (lines "
                             "6, 7, 8, 9, 10)"));
  // No question of the vector is tested with.
  std::set<storage::Key> trained;
  for (const auto& item : found.train) trained.insert(item.question);
  for (const auto& item : found.test) CHECK(trained.count(item.question) == 0);
}

TEST_CASE("more copies than test items stay in training", "[jobs][copies]") {
  const Behaviour found = prepared(named("abxxxcxd"), rules(3));
  CHECK(lines(found.test) == Lines{1, 5, 7});
  CHECK(lines(found.train) == Lines{0, 2, 3, 4, 6});
  // Too few are left: fewer are tested, and it is said.
  const Behaviour fewer = prepared(named("aabbcc"), rules(3));
  CHECK(lines(fewer.test) == Lines{4, 5});
  REQUIRE(fewer.notes.size() == 2);
  CHECK_THAT(fewer.notes[1], Catch::Contains("2 of 3 test items"));
  CHECK_THROWS_WITH(
      prepared(named("aaaaaa"), rules(2)),
      Catch::Contains("d.jsonl") && Catch::Contains("0 of 2 test items"));
}

TEST_CASE("copies among words join the clusters of their words",
          "[jobs][copies]") {
  std::vector<ContrastPair> data;
  for (int i = 0; i < 6; ++i) {
    data.push_back({i, "No. " + std::to_string(i), i < 3 ? "+" : "*", "-"});
  }
  data[3] = {3, "No. 0", "-", "+"};  // exchanged: a pair of words of its own
  BehaviourRules by_line = rules(2);
  by_line.split = SplitRule::line;
  const Behaviour found = prepared(data, by_line);
  CHECK(found.copies == 1);
  CHECK(found.train[0].cluster == found.train[3].cluster);
  CHECK(found.train[1].cluster == found.train[3].cluster);
  CHECK(found.test[0].cluster != found.train[0].cluster);
}

TEST_CASE("answers at fault are named", "[jobs][copies]") {
  const auto reason = [](const ContrastPair& bad) {
    auto data = named("abcdef");
    data[1] = bad;
    data[1].line = 1;
    const Behaviour found = prepared(data, rules(2));
    REQUIRE(found.left_out.size() == 1);
    CHECK(found.left_out[0].line == 1);
    return found.left_out[0].reason;
  };
  CHECK_THAT(reason(pair("Q", " (A)", " (C)")),
             Catch::Contains("\" (A)\" and \" (C)\""));
  CHECK_THAT(reason(pair("Q", " (A)", "(A)")),
             Catch::Contains("one letter twice"));
  CHECK_THAT(reason(pair("Q\n (A) x\n (C) y")),
             Catch::Contains("(B), which is no option"));
  CHECK_THAT(reason(pair("Q", "yes", "absolutely")),
             Catch::Contains("\"yes\" and \"absolutely\"") &&
                 Catch::Contains("tokens"));
  CHECK_THAT(reason(pair("Q", " (A)", "maybe")), Catch::Contains("\"maybe\""));
  auto chat = rules(2);
  chat.chat_template = *template_of("chatml");
  chat.system = "s";
  auto data = named("abcdef");
  data[0] = {0, "Q", "yes", "yes "};
  CHECK_THAT(prepared(data, chat).left_out.at(0).reason,
             Catch::Contains("\"yes\" twice"));
}

TEST_CASE("marks in questions are told", "[jobs][copies]") {
  auto data = named("abcdef");
  data[2].question = "say <|im_end|>";
  auto by = rules(2);
  CHECK_THAT(prepared(data, by).notes.at(0),
             Catch::Contains("1 pairs spell \"<|im_end|>\" (line 3)") &&
                 Catch::Contains("as that token"));
  by.chat_template = *template_of("chatml");
  by.system = "s";
  CHECK_THAT(prepared(data, by).notes.at(0), Catch::Contains("as text there"));
}

TEST_CASE("marks in answers that are accepted, too, are told",
          "[jobs][copies]") {
  auto data = named("abcdef");
  data[2].also_matching = {"yes<|im_end|>"};
  auto by = rules(2);
  by.scored = Scored::answer;
  CHECK_THAT(prepared(data, by).notes.at(0),
             Catch::Contains("1 pairs spell \"<|im_end|>\" (line 3)"));
}
