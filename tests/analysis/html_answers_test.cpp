#include "analysis/page/html_answers.hpp"

#include <catch2/catch.hpp>

#include "tests/support/toy_slopes.hpp"

using namespace coxswain;
using namespace coxswain::analysis;

TEST_CASE("an answer has its question, a word and what is behind it",
          "[analysis][html_answers]") {
  storage::Results results = tests::toy_steered();
  for (int i = 0; i < 4; ++i) tests::add_variant(results, {.slopes = {1, 2}});
  Origins origins(results);
  const std::string html = html_answers(
      {{"Does it?", "It does: 1 [0, 2].", Shown::yes, {1}},
       {"Does it?", "It does not.", Shown::no, {}},
       {"Why?", "Not shown: nobody knows.", Shown::not_shown, {0, 1, 2, 3}}},
      results, origins);
  CHECK_THAT(
      html,
      Catch::Contains(
          "<li class=\"yes\"><h3>Does it?</h3> <p><b>Yes.</b> It does: 1 [0, "
          "2]. <span class=\"from\">From <a href=\"#from-0\">original, layer "
          "3</a></span></p></li>") &&
          Catch::Contains(
              "<li class=\"no\"><p><b>No.</b> It does not.</p></li>") &&
          Catch::Contains("<p>Not shown: nobody knows.") &&
          Catch::Contains("; 1 more</span>"));
  CHECK(html.find("Does it?") == html.rfind("Does it?"));
}

TEST_CASE("yes and no answer questions that ask for them",
          "[analysis][html_answers]") {
  const storage::Results results;
  Origins origins(results);
  const std::string html =
      html_answers({{"What is kept?", "Half of it.", Shown::yes, {}},
                    {"What is weak?", "All of it.", Shown::yes, {}, true}},
                   results, origins);
  CHECK_THAT(html,
             Catch::Contains("<li class=\"yes\"><h3>What is kept?</h3> "
                             "<p>Half of it.</p></li>") &&
                 Catch::Contains("<li class=\"weak\"><h3>What is weak?</h3> "
                                 "<p>All of it.</p></li>"));
}

TEST_CASE("no text of an answer is markup", "[analysis][html_answers]") {
  const storage::Results results;
  Origins origins(results);
  CHECK_THAT(html_answers({{"<script>", "</p><img onerror=x>", Shown::no, {}}},
                          results, origins),
             !Catch::Contains("<script") && !Catch::Contains("<img"));
}

TEST_CASE("of many answers to a question the first are seen at once",
          "[analysis][html_answers]") {
  const storage::Results results;
  Origins origins(results);
  std::vector<Answer> answers(5, {"Does it?", "It does not.", Shown::no, {}});
  answers.push_back({"Why?", "Because.", Shown::yes, {}});
  const std::string html = html_answers(answers, results, origins);
  const std::size_t folded = html.find("<details>");
  REQUIRE(folded != std::string::npos);
  std::size_t before = 0;
  for (std::size_t at = html.find("It does not."); at < folded;
       at = html.find("It does not.", at + 1)) {
    ++before;
  }
  CHECK(before == 3);
  CHECK(html.find("</details>") < html.find("Why?"));
}
