#include "runner/report/terminal_page.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

using namespace coxswain;
using namespace coxswain::runner;
using Catch::Matchers::Contains;

namespace {

std::string sentence(int words) {
  std::string text = "begin";
  for (int i = 0; i < words; ++i) text += " of words";
  return text + " end.";
}

// Twelve rows of eight columns, and notes.
TerminalPage full_page(int words) {
  TerminalPage page;
  page.run = "runs/toy";
  for (const char* question : {"First?", "Second?", "Third?"}) {
    for (int i = 0; i < 3; ++i) {
      page.answers.push_back(
          {question, sentence(words), analysis::Shown::yes, {}});
    }
  }
  page.table.title = "Main table: a title";
  for (const char* name : {"behaviour", "layer", "variant", "content slope",
                           "retained", "clusters", "n", "p"}) {
    page.table.columns.push_back({name});
  }
  for (std::int64_t i = 0; i < 12; ++i) {
    page.table.rows.push_back({std::string("sentiment"), i,
                               std::string("reconstruction (encode-minus)"),
                               analysis::Interval{1, 0.5, 1.5}, 0.5, i, i,
                               0.1});
  }
  page.table.notes = {sentence(20), sentence(20)};
  return page;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("a page has at most its lines, of at most its width",
          "[runner][terminal_page]") {
  for (const std::size_t width : {40U, 80U, 160U}) {
    for (const int words : {1, 10, 100}) {
      TerminalPage page = full_page(words);
      page.note = "1 of 2 cells; the numbers below are made of these";
      const auto lines = lines_of(terminal_page(page, width, 40));
      INFO(width << " " << words);
      CHECK(lines.size() <= 40);
      for (const std::string& line : lines) CHECK(line.size() <= width);
    }
  }
}

TEST_CASE("what is short is whole", "[runner][terminal_page]") {
  const std::string text = terminal_page(full_page(1), 160, 40);
  CHECK_THAT(text, !Contains("..."));
  CHECK_THAT(text, Contains("First?\n  begin of words end.\n  begin"));
  CHECK_THAT(text, !Contains("Not shown at this width"));
  CHECK(text.ends_with(
      "more: coxswain report runs/toy --all (whole answers, all tables), or "
      "--table NAME for one\n"));
  // All that the answers say, however long.
  const std::string whole = whole_answers(full_page(100).answers, 80);
  CHECK_THAT(whole, Contains("First?") && !Contains(" ..."));
  CHECK(std::ranges::count(whole, '\n') > 40);
  // A question is said once.
  CHECK(text.find("First?") == text.rfind("First?"));
}

TEST_CASE("what is long ends with dots, every question has a line",
          "[runner][terminal_page]") {
  const std::string text = terminal_page(full_page(100), 80, 40);
  for (const char* question :
       {"First?\n  begin", "Second?\n  begin", "Third?\n  begin"}) {
    CHECK_THAT(text, Contains(question));
  }
  CHECK_THAT(text, Contains(" ...\n") && Contains("Not shown at this width:"));
}

TEST_CASE("without a table there are answers alone",
          "[runner][terminal_page]") {
  TerminalPage page = full_page(1);
  page.table.rows.clear();
  CHECK_THAT(terminal_page(page, 80, 40), !Contains("Main table"));
}

TEST_CASE("what is retained is there at 80 columns",
          "[runner][terminal_page]") {
  TerminalPage page = full_page(1);
  page.table.rows.resize(4);
  for (std::size_t r = 0; r < 4; ++r) {
    auto& row = page.table.rows[r];
    row[0] = std::string(r < 2 ? "sentiment-words" : "corrigible-neutral-HHH");
    row[1] = std::int64_t{15};
    row[3] = analysis::Interval{0.91, 0.70, 1.13};
    row[4] = analysis::RatioSet{0.26, 0.09, 0.38,
                                analysis::RatioSet::Shape::interval};
  }
  const std::string text = terminal_page(page, 80, 40);
  CHECK_THAT(text, Contains("\n  sentiment-words, layer 15\n    recons") &&
                       Contains("\n  corrigible-neutral-HHH, layer 15\n") &&
                       Contains("0.91 [0.70, 1.13]  0.26 [0.09, 0.38]") &&
                       Contains("  retained"));
  // Once above all rows of a group.
  CHECK(text.find("sentiment-words, layer") ==
        text.rfind("sentiment-words, layer"));
  // Names are whole and all numbers there where that is room enough for them.
  const std::string middle = terminal_page(page, 100, 40);
  CHECK_THAT(middle, Contains("\n    reconstruction (encode-minus)  0.91") &&
                         !Contains("Not shown at this width"));
  // Where there is room a row has its names itself.
  const std::string wide = terminal_page(page, 160, 40);
  CHECK_THAT(wide, !Contains("layer 15") && Contains("\n  sentiment-words "));
}
