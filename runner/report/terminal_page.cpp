#include "runner/report/terminal_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <iterator>
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

// A table as its rows' lines, without its title and notes.
Lines row_lines(analysis::Table table) {
  table.title.clear();
  table.notes.clear();
  std::istringstream text(analysis::to_text(table));
  Lines lines;
  std::string line;
  std::getline(text, line);  // the title's
  while (std::getline(text, line)) lines.push_back(line);
  return lines;
}

// How many of the first columns name a row: behaviour, layer, variant.
std::size_t n_names(const analysis::Table& table) {
  constexpr const char* kNames[] = {"behaviour", "layer", "variant"};
  std::size_t n = 0;
  while (n < std::size(kNames) && n < table.columns.size() &&
         table.columns[n].name == kNames[n]) {
    ++n;
  }
  return n;
}

// "sentiment-words, layer 15".
std::string group_of(const std::vector<analysis::TableCell>& row) {
  return fmt::format("{}, layer {}", std::get<std::string>(row[0]),
                     std::get<std::int64_t>(row[1]));
}

// The table without behaviour and layer, which stand above their rows; these
// begin further in.
struct Grouped {
  analysis::Table table;
  std::vector<std::string> groups;  // of each row
};

Grouped grouped(const analysis::Table& table) {
  Grouped out{table, {}};
  const auto without_group = [](auto& cells, auto first) {
    cells.erase(cells.begin(), cells.begin() + 2);
    cells.insert(cells.begin(), std::move(first));
  };
  without_group(out.table.columns, analysis::TableColumn{""});
  for (auto& row : out.table.rows) {
    out.groups.push_back(group_of(row));
    without_group(row, analysis::TableCell(std::string()));
  }
  return out;
}

// The rows of a grouped table, each group below its name.
Lines grouped_lines(const Grouped& groups, const analysis::Table& fits,
                    std::size_t width) {
  const Lines rows = row_lines(fits);
  Lines out = {rows.front()};
  for (std::size_t r = 0; r < groups.groups.size(); ++r) {
    if (r == 0 || groups.groups[r] != groups.groups[r - 1]) {
      append(out, wrapped_lines(groups.groups[r], width, kIndent, kIndent));
    }
    out.push_back(rows[r + 1]);
  }
  return out;
}

// Whether most rows share their group, which has a line of its own.
bool has_few(const Grouped& groups) {
  std::size_t n = groups.groups.empty() ? 0 : 1;
  for (std::size_t r = 1; r < groups.groups.size(); ++r) {
    if (groups.groups[r] != groups.groups[r - 1]) ++n;
  }
  return 2 * n <= groups.groups.size();
}

// A line a row where that leaves room for all columns, or for two of numbers if
// no rows have anything in common; else with what they have above them, if that
// leaves room for more.
TableLines table_lines(const analysis::Table& table, std::size_t width) {
  constexpr std::size_t kNumbers = 2;  // slope, and what is retained of it
  if (table.rows.empty()) return {};
  analysis::Table fits = analysis::narrowed(table, width);
  TableLines out{wrapped_lines(fits.title, width, "", kIndent), {}};
  const std::size_t names = n_names(table);
  bool is_grouped = false;
  if (names == 3 && fits.columns.size() < table.columns.size()) {
    const bool numbers_fit = fits.columns.size() >= names + kNumbers;
    const Grouped groups = grouped(table);
    analysis::Table narrow = analysis::narrowed(groups.table, width);
    // It has two columns in the place of three.
    is_grouped = narrow.columns.size() + 1 > fits.columns.size() &&
                 (has_few(groups) || !numbers_fit);
    if (is_grouped) {
      append(out.rows, grouped_lines(groups, narrow, width));
      fits.notes = narrow.notes;
    }
  }
  if (!is_grouped) append(out.rows, row_lines(fits));
  for (const std::string& note : fits.notes) {
    append(out.notes, wrapped_lines(note, width, kIndent, kIndent));
  }
  return out;
}

// Each ended by a line feed.
std::string text_of(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace

std::string whole_answers(const std::vector<analysis::Answer>& answers,
                          std::size_t width) {
  Lines out;
  for (const Lines& one : questions_of(answers, width)) append(out, one);
  return text_of(out);
}

std::string terminal_page(const TerminalPage& page, std::size_t width,
                          std::size_t lines) {
  assert(width >= 40 && lines >= 40 && "room for a table of twelve rows");
  const Lines note = wrapped_lines(page.note, width, "", "");
  const Lines footer = wrapped_lines(
      fmt::format("more: coxswain report {} --all (whole answers, "
                  "all tables), or --table NAME for one",
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
  return text_of(out);
}

}  // namespace coxswain::runner
