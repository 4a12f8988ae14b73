#include "analysis/forms/table_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cctype>
#include <cmath>
#include <optional>

#include "analysis/forms/cell_text.hpp"
#include "analysis/forms/html_text.hpp"

namespace coxswain::analysis {
namespace {

constexpr const char* kNone = "<span class=\"none\">\xE2\x80\x93</span>";

// A table that is long gets a box of its own height.
constexpr std::size_t kLong = 30;

// "53 %" is 53: what people read as a number is sorted as one.
std::optional<std::string> percentage(const std::string& text) {
  const std::size_t digits = text.starts_with('-') ? 1 : 0;
  const std::size_t end = text.find(" %");
  if (end == std::string::npos || end == digits || end + 2 != text.size()) {
    return std::nullopt;
  }
  const std::string number = text.substr(0, end);
  const bool plain =
      std::all_of(number.begin() + static_cast<std::ptrdiff_t>(digits),
                  number.end(), [](char c) { return c >= '0' && c <= '9'; });
  return plain ? std::optional(number) : std::nullopt;
}

// What a cell is sorted by; empty for words and for what does not apply.
std::string sort_value(const TableCell& cell) {
  const auto spelled = [](double value) {
    return std::isnan(value) ? "" : fmt::format("{}", value);
  };
  if (const auto* number = std::get_if<double>(&cell)) return spelled(*number);
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) {
    return std::to_string(*whole);
  }
  if (const auto* interval = std::get_if<Interval>(&cell)) {
    return spelled(interval->estimate);
  }
  if (const auto* ratio = std::get_if<RatioSet>(&cell)) {
    return spelled(ratio->estimate);
  }
  return percentage(std::get<std::string>(cell)).value_or("");
}

// How a column spells its numbers.
auto speller(const TableColumn& column) {
  return [column](double value) {
    return std::isnan(value) ? kNone : html_text(decimal_text(value, column));
  };
}

// An estimate, and what stands behind it in smaller letters.
std::string with_ends(const std::string& text) {
  const std::size_t space = text.find(' ');
  if (space == std::string::npos || text == kNone) return text;
  return fmt::format("{} <span class=\"ends\">{}</span>", text.substr(0, space),
                     text.substr(space + 1));
}

std::string html_of(const TableCell& cell, const TableColumn& column) {
  if (const auto* number = std::get_if<double>(&cell)) {
    return speller(column)(*number);
  }
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) {
    return std::to_string(*whole);
  }
  if (const auto* interval = std::get_if<Interval>(&cell)) {
    return with_ends(
        interval_text(*interval, speller(digits_of(*interval, column))));
  }
  if (const auto* ratio = std::get_if<RatioSet>(&cell)) {
    return with_ends(ratio_text(*ratio,
                                speller(digits_of(limits_of(*ratio), column)),
                                {"&ge; ", "&le; "}));
  }
  return html_text(std::get<std::string>(cell));
}

// Whether a column is of words, which stand to the left; numbers stand to the
// right.
bool has_words(const Table& table, std::size_t column) {
  bool any = false;
  for (const auto& row : table.rows) {
    assert(column < row.size());
    const auto* text = std::get_if<std::string>(&row[column]);
    if (text == nullptr || text->empty()) continue;
    if (percentage(*text)) return false;
    any = true;
  }
  return any;
}

// Whether the first cell says what the row above says.
bool repeats(const Table& table, std::size_t r) {
  assert(r < table.rows.size());
  if (r == 0) return false;
  const auto* text = std::get_if<std::string>(&table.rows[r][0]);
  const auto* above = std::get_if<std::string>(&table.rows[r - 1][0]);
  return text != nullptr && above != nullptr && *text == *above;
}

std::string head_of(const Table& table, const std::vector<bool>& words) {
  std::string out = "<thead><tr>";
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    out += fmt::format("<th scope=\"col\"{}><span>{}</span></th>",
                       words[c] ? " class=\"w\"" : "",
                       html_text(table.columns[c].name));
  }
  return out + "</tr></thead>\n";
}

std::string row_of(const Table& table, std::size_t r,
                   const std::vector<bool>& words) {
  const auto& row = table.rows[r];
  assert(row.size() == table.columns.size() && row.size() == words.size());
  const bool again = repeats(table, r);
  std::string out = again || r == 0 ? "<tr>" : "<tr class=\"new\">";
  for (std::size_t c = 0; c < row.size(); ++c) {
    const char* tag = c == 0 ? "th" : "td";
    out += fmt::format("<{}{}", tag, c == 0 ? " scope=\"row\"" : "");
    if (words[c])
      out += c == 0 && again ? " class=\"w again\"" : " class=\"w\"";
    const std::string value = sort_value(row[c]);
    if (!value.empty()) out += fmt::format(" data-v=\"{}\"", value);
    out += fmt::format(">{}</{}>", html_of(row[c], table.columns[c]), tag);
  }
  return out + "</tr>\n";
}

// The notes below a table; lines of text that were broken for a terminal flow.
std::string notes_of(const Table& table, std::size_t shown,
                     const std::string& whole) {
  std::string out;
  if (shown < table.rows.size()) {
    out += fmt::format(
        "<p class=\"note cut\">The first {} of {} rows; {} has all of "
        "them.</p>\n",
        shown, table.rows.size(), html_text(whole));
  }
  std::string notes;
  for (const std::string& note : table.notes) notes += html_text(note) + " ";
  out += fmt::format("<p class=\"note\">{}<code>{}</code></p>\n", notes,
                     html_text(whole));
  return out;
}

}  // namespace

SplitTitle split_title(const std::string& title) {
  const std::size_t colon = title.find(": ");
  if (colon == std::string::npos) return {title, title};
  std::string rest = title.substr(colon + 2);
  if (!rest.empty()) {
    const auto first = static_cast<unsigned char>(rest[0]);
    rest[0] = static_cast<char>(std::toupper(first));
  }
  return {title.substr(0, colon), rest};
}

std::string to_html(const Table& table, const std::string& whole) {
  const SplitTitle title = split_title(table.title);
  std::vector<bool> words;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    words.push_back(has_words(table, c));
  }
  const std::size_t shown = std::min(table.rows.size(), kMostHtmlRows);
  const std::string id = html_id("table", table.name);
  std::string out = fmt::format("<section id=\"{}\">\n<h3>{}</h3>\n", id,
                                html_text(title.head));
  // Boxes that scroll can be reached and named without a pointer.
  out += fmt::format(
      "<div class=\"box{}\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">"
      "<table>\n<caption><span>{}</span></caption>\n",
      shown > kLong ? " long" : "", html_text(title.head),
      html_text(title.rest));
  out += head_of(table, words) + "<tbody>\n";
  for (std::size_t r = 0; r < shown; ++r) out += row_of(table, r, words);
  return out + "</tbody></table></div>\n" + notes_of(table, shown, whole) +
         "</section>\n";
}

}  // namespace coxswain::analysis
