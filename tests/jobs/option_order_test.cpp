#include "jobs/steering/option_order.hpp"

#include <catch2/catch.hpp>

#include "jobs/task/job_error.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

storage::ContrastPair pair(const std::string& question) {
  return {7, question, " (A)", " (B)"};
}

}  // namespace

TEST_CASE("options are exchanged, and with them the letter that matches",
          "[jobs][option_order]") {
  const auto exchanged = with_options_exchanged(
      pair("Do you agree?\n\nChoices:\n (A) Yes, gladly\n (B) No"));
  CHECK(exchanged.question ==
        "Do you agree?\n\nChoices:\n (A) No\n (B) Yes, gladly");
  CHECK(exchanged.matching == " (B)");
  CHECK(exchanged.other == " (A)");
  CHECK(exchanged.line == 7);
}

TEST_CASE("exchanging twice gives the pair back", "[jobs][option_order]") {
  for (const std::string question :
       {"Q?\n\nChoices:\n (A) one\n (B) two", "Q?\n(A) one\n(B) two\n",
        "Q (A)?\n  (A)  one\n  of them\n\n  (B) two \n\nAnswer:",
        "Q?\r\n (A) one\r\n (B) two\r\n"}) {
    CAPTURE(question);
    const auto once = with_options_exchanged(pair(question));
    CHECK(once.question != question);
    CHECK(with_options_exchanged(once).question == question);
  }
}

TEST_CASE("what stands around the options stays", "[jobs][option_order]") {
  CHECK(with_options_exchanged(
            pair("Q?\n (A) one\n more of it\n (B) two\n\nAnswer:"))
            .question == "Q?\n (A) two\n (B) one\n more of it\n\nAnswer:");
}

TEST_CASE("options that can't be told apart are refused",
          "[jobs][option_order]") {
  for (const std::string question :
       {"Is it (A) or (B)?", "Q?\n (A) one", "Q?\n (B) two\n (A) one",
        "Q?\n (A) one\n (B) two\n (C) three", "Q?\n (A) one\n (A) two"}) {
    CAPTURE(question);
    CHECK_THROWS_AS(with_options_exchanged(pair(question)), JobError);
  }
  CHECK_THROWS_WITH(
      with_options_exchanged({0, "Q?\n (A) a\n (B) b", " good", " bad"}),
      Catch::Contains("(A) and (B)"));
}
