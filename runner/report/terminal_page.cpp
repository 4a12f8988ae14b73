#include "runner/report/terminal_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <numeric>
#include <sstream>

#include "analysis/forms/narrow_table.hpp"
#include "analysis/forms/table_text.hpp"
#include "analysis/forms/wrapped_text.hpp"

namespace coxswain::runner {
namespace {

using Lines = std::vector<std::string>;
using analysis::wrapped_lines;

constexpr const char* kIndent = "  ";

void append(Lines& lines, const Lines& more) {
  lines.insert(lines.end(), more.begin(), more.end());
}

// Of each question its own line and those of its answers.
std::vector<Lines> questions_of(const std::vector<analysis::Answer>& answers,
                                std::size_t width) {
  std::vector<Lines> all;
  std::string question;
  for (const analysis::Answer& one : answers) {
    if (all.empty() || one.question != question) {
      question = one.question;
      all.push_back(wrapped_lines(question, width, "", ""));
    }
    append(all.back(), wrapped_lines(one.text, width, kIndent, "    "));
  }
  return all;
}

std::size_t lines_of(const std::vector<Lines>& all) {
  return std::accumulate(
      all.begin(), all.end(), std::size_t{0},
      [](std::size_t n, const Lines& one) { return n + one.size(); });
}

// The longest lose lines until there are at most `most`, or a question and a
// line of each.
void cut(std::vector<Lines>& all, std::size_t most, std::size_t width) {
  while (lines_of(all) > most) {
    Lines& longest = *std::ranges::max_element(all, {}, &Lines::size);
    if (longest.size() <= 2) break;
    longest.pop_back();
    std::string& last = longest.back();
    if (!last.ends_with(" ...")) {
      while (last.size() + 4 > width && last.find_last_of(' ') > 3) {
        last.erase(last.find_last_of(' '));
      }
      last += " ...";
    }
  }
}

// The table, and apart its notes: they give way where there is no room.
struct TableLines {
  Lines rows, notes;
};

TableLines table_lines(const analysis::Table& table, std::size_t width) {
  if (table.rows.empty()) return {};
  analysis::Table fits = analysis::narrowed(table, width);
  TableLines out{wrapped_lines(fits.title, width, "", kIndent), {}};
  for (const std::string& note : fits.notes) {
    append(out.notes, wrapped_lines(note, width, kIndent, kIndent));
  }
  fits.title.clear();
  fits.notes.clear();
  std::istringstream text(analysis::to_text(fits));
  std::string line;
  std::getline(text, line);  // the title's
  while (std::getline(text, line)) out.rows.push_back(line);
  return out;
}

}  // namespace

std::string terminal_page(const TerminalPage& page, std::size_t width,
                          std::size_t lines) {
  assert(width >= 40 && lines >= 40 && "room for a table of twelve rows");
  const Lines note = wrapped_lines(page.note, width, "", "");
  const Lines footer =
      wrapped_lines(fmt::format("more: coxswain report {} --all, or --table "
                                "NAME for one of its tables",
                                page.run),
                    width, "", kIndent);
  std::vector<Lines> questions = questions_of(page.answers, width);
  TableLines table = table_lines(page.table, width);
  const std::size_t fixed = note.size() + table.rows.size() + footer.size();
  const std::size_t room = lines > fixed ? lines - fixed : 0;
  cut(questions, room > table.notes.size() ? room - table.notes.size() : 0,
      width);
  const std::size_t left = room - std::min(room, lines_of(questions));
  table.notes.resize(std::min(table.notes.size(), left));
  Lines out = note;
  for (const Lines& one : questions) append(out, one);
  append(out, table.rows);
  append(out, table.notes);
  append(out, footer);
  std::string text;
  for (const std::string& line : out) text += line + "\n";
  return text;
}

}  // namespace coxswain::runner
