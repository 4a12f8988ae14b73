#include "jobs/steering/option_pairs.hpp"

#include <catch2/catch.hpp>

#include "jobs/steering/behaviour.hpp"
#include "tests/support/toy_model.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

constexpr const char* kQuestion =
    "Which?\n\nChoices:\n (A) red\n (B) green\nand more\n (C) blue\n\nSay it.";

storage::ContrastPair asked(const std::string& matching) {
  return {3, kQuestion, matching, ""};
}

}  // namespace

TEST_CASE("the matching option makes a pair with each of the others",
          "[jobs][option_pairs]") {
  const auto pairs = option_pairs(asked(" (B)"));
  REQUIRE(pairs.size() == 2);
  CHECK(pairs[0].question ==
        "Which?\n\nChoices:\n (A) red\n (B) green\nand more\n\nSay it.");
  CHECK(pairs[0].matching == " (B)");
  CHECK(pairs[0].other == " (A)");
  CHECK(pairs[1].question ==
        "Which?\n\nChoices:\n (A) green\nand more\n (B) blue\n\nSay it.");
  CHECK(pairs[1].matching == " (A)");
  CHECK(pairs[1].other == " (B)");
  CHECK(pairs[1].line == 3);
  CHECK(!pairs[0].group.empty());
  CHECK(pairs[0].group == pairs[1].group);
  storage::ContrastPair grouped = asked("(C)");
  grouped.group = "colour";
  CHECK(option_pairs(grouped)[0].group == "colour");
  CHECK(option_pairs({0, "(A) x\n(B) y", "(B)", ""})[0].question ==
        "(A) x\n(B) y");
  CHECK(pairs_of(asked("(A)"), Options::two).size() == 1);
  CHECK(pairs_of(asked("(A)"), Options::pairs).size() == 2);
}

TEST_CASE("an answer that is no option is refused", "[jobs][option_pairs]") {
  for (const char* matching : {"(D)", "red", "(a)"}) {
    CHECK_THROWS_WITH(option_pairs(asked(matching)),
                      Catch::Contains("of 3 lines that begin with an option"));
  }
  CHECK_THROWS_WITH(option_pairs({0, "Which?\n(A) x", "(A)", ""}),
                    Catch::Contains("of 1 lines"));
  CHECK_THROWS_WITH(option_pairs({0, "(A) x\n(A) y", "(A)", ""}),
                    Catch::Contains("that one of them has"));
  CHECK_THROWS_WITH(option_pairs({0, "(A) x\n(B) y\n(B) z", "(A)", ""}),
                    Catch::Contains("options: (B), expected (C)"));
  CHECK_THROWS_WITH(option_pairs({0, "(I) am\n(A) x\n(B) y", "(A)", ""}),
                    Catch::Contains("options: (I), expected (A)"));
}

TEST_CASE("pairs of one question are one cluster", "[jobs][option_pairs]") {
  const tests::ToyModel toy(ComputeType::float32);
  BehaviourRules rules;
  rules.chat_template = *template_of("plain");
  rules.options = Options::pairs;
  rules.test_clusters = 1;
  std::vector<storage::ContrastPair> data{asked("(A)"), asked("(B)"),
                                          asked("no option")};
  for (int i = 0; i < 3; ++i) {
    data[static_cast<std::size_t>(i)].line = i;
    data[static_cast<std::size_t>(i)].question += std::to_string(i);
  }
  const Behaviour found = prepare_behaviour(data, rules, toy.header, "d");
  CHECK(found.train.size() == 2);
  CHECK(found.test.size() == 2);
  CHECK(found.test[0].line == found.test[1].line);
  CHECK(found.test[0].cluster == found.test[1].cluster);
  CHECK(found.shared_clusters == 0);
  REQUIRE(found.left_out.size() == 1);
  CHECK(found.left_out[0].line == 2);
}
