#include "jobs/steering/two_answers.hpp"

#include <catch2/catch.hpp>

using namespace coxswain;
using namespace coxswain::jobs;
using storage::ContrastPair;

namespace {

// A pair a text, "matching>other".
std::vector<ContrastPair> pairs(const std::vector<std::string>& texts) {
  std::vector<ContrastPair> out;
  for (const std::string& text : texts) {
    const std::size_t mark = text.find('>');
    out.push_back({0, "Why?", text.substr(0, mark), text.substr(mark + 1)});
  }
  return out;
}

}  // namespace

TEST_CASE("data may draw on two answers alone, white space aside",
          "[jobs][two_answers]") {
  const TwoAnswers yes{"Yes", "No"};
  CHECK(two_answers(pairs({" Yes> No", " No> Yes"})) == yes);
  CHECK(two_answers(pairs({"No>Yes", " Yes >No\n", "No>Yes"})) == yes);
  CHECK(two_answers(pairs({" False> True", " True> False"})) ==
        TwoAnswers{"True", "False"});
  CHECK(two_answers(pairs({"a>b", "b>a"})) == TwoAnswers{"b", "a"});
  // One character, written in two ways.
  CHECK(two_answers(pairs({"caf\u00e9>tea", "tea>cafe\u0301"})) ==
        TwoAnswers{"tea", "caf\u00e9"});
}

TEST_CASE("more than two answers, or one over one other, are pairs of words",
          "[jobs][two_answers]") {
  CHECK_FALSE(two_answers(pairs({"Yes>No", "No>Yes", "yes>No"})));
  CHECK_FALSE(two_answers(pairs({"good>bad", "kind>cruel"})));
  CHECK_FALSE(two_answers(pairs({" good> bad", " good> bad", "good>bad"})));
  CHECK_FALSE(two_answers({}));
}

TEST_CASE("of letters A is the first, whichever of them match",
          "[jobs][two_answers]") {
  const TwoAnswers letters{"A", "B"};
  CHECK(two_answers(pairs({" (A)> (B)", " (B)> (A)"})) == letters);
  CHECK(two_answers(pairs({"(B)>(A)", " (B)> (A)"})) == letters);
  CHECK_FALSE(two_answers(pairs({"(A)>(B)", "Yes>No"})));
  CHECK(matching_answer(letters, pairs({" (A)> (B)"})[0]) == 1);
  CHECK(matching_answer(letters, pairs({" (B)> (A)"})[0]) == -1);
}

TEST_CASE("a pair says which of the two matches", "[jobs][two_answers]") {
  const TwoAnswers yes{"Yes", "No"};
  CHECK(matching_answer(yes, pairs({" Yes > No"})[0]) == 1);
  CHECK(matching_answer(yes, pairs({" No> Yes"})[0]) == -1);
}
