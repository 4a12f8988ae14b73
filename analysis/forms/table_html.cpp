#include "analysis/forms/table_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>
#include <sstream>

#include "analysis/forms/cell_text.hpp"
#include "analysis/forms/column_order.hpp"
#include "analysis/forms/html_text.hpp"
#include "analysis/forms/plain_text.hpp"
#include "analysis/forms/sentences.hpp"

namespace coxswain::analysis {
namespace {

constexpr const char* kNone = "<span class=\"none\">\xE2\x80\x93</span>";

constexpr std::size_t kHeader = 13;  // characters of a header's line

// A table that is long gets a box of its own height.
constexpr std::size_t kLong = 30;

// A table with more columns is printed in smaller letters, one with still more
// along the longer side of the paper.
constexpr std::size_t kDense = 12, kAcross = 17;

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

// A header in lines that are as short as its words allow, so that a column is
// as wide as its numbers need; read aloud it is as it was.
std::string header_text(const std::string& name) {
  std::string out;
  std::size_t line = 0;  // characters
  std::istringstream words(one_line(name));
  for (std::string word; words >> word;) {
    const bool fits = line == 0 || line + 1 + word.size() <= kHeader;
    if (line > 0) out += fits ? " " : " <br>";
    line = fits && line > 0 ? line + 1 + word.size() : word.size();
    out += html_text(word);
  }
  return out;
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

std::string at(const std::vector<std::string>& columns, std::size_t column) {
  return column < columns.size() ? columns[column] : "";
}

// A table as a page has it, row after row.
class Writer {
 public:
  Writer(const Table& table, const HtmlLooks& looks)
      : table_(table),
        looks_(looks),
        order_(reading_order(table)),
        keys_(n_keys(table)) {
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      words_.push_back(has_words(table, c));
    }
  }

  std::string head() const {
    std::string out = "<thead><tr>";
    for (const std::size_t c : order_) {
      out +=
          fmt::format("<th scope=\"col\"{}><span>{}</span></th>",
                      classes(c, false), header_text(table_.columns[c].name));
    }
    return out + "</tr></thead>\n";
  }

  std::string row(std::size_t r) const {
    const auto& row = table_.rows[r];
    assert(row.size() == table_.columns.size());
    static const HtmlRow bare;
    const HtmlRow& looks = r < looks_.rows.size() ? looks_.rows[r] : bare;
    const bool again = repeats(table_, r);
    std::string out = "<tr";
    if (!again && r > 0) out += " class=\"new\"";
    if (!looks.id.empty()) out += fmt::format(" id=\"{}\"", looks.id);
    if (!looks.facets.empty()) {
      out += fmt::format(" data-f=\"{}\"", looks.facets);
    }
    out += ">";
    for (const std::size_t c : order_) {
      out += cell(row[c], c, c == 0 && again, looks);
    }
    return out + "</tr>\n";
  }

 private:
  // k0, k1, k2: columns that name rows, z the last of them; w: words.
  std::string classes(std::size_t column, bool again) const {
    std::string out;
    const auto add = [&](const std::string& name) {
      out += (out.empty() ? "" : " ") + name;
    };
    if (column < keys_) add(fmt::format("k{}", column));
    if (column + 1 == keys_) add("z");
    if (words_[column]) add("w");
    if (words_[column] && again) add("again");
    return out.empty() ? "" : fmt::format(" class=\"{}\"", out);
  }

  std::string cell(const TableCell& cell, std::size_t column, bool again,
                   const HtmlRow& looks) const {
    const bool key = column < keys_;
    const char* tag = key ? "th" : "td";
    std::string out = fmt::format("<{}{}{}", tag, key ? " scope=\"row\"" : "",
                                  classes(column, again));
    const std::string value = sort_value(cell);
    if (!value.empty()) out += fmt::format(" data-v=\"{}\"", value);
    std::string shown = html_of(cell, table_.columns[column]);
    const std::string link = at(looks.links, column);
    if (!link.empty() && !shown.empty()) {
      shown = fmt::format("<a href=\"#{}\">{}</a>", link, shown);
    }
    const std::string opened = at(looks.opened, column);
    if (!opened.empty()) {
      shown = fmt::format(
          "<details class=\"fires\"><summary>{}</summary>\n{}</details>", shown,
          opened);
    }
    return out + fmt::format(">{}</{}>", shown, tag);
  }

  const Table& table_;
  const HtmlLooks& looks_;
  std::vector<std::size_t> order_;
  std::size_t keys_;
  std::vector<bool> words_;
};

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
  return {title.substr(0, colon), capitalised(title.substr(colon + 2))};
}

namespace {

const char* printed_as(std::size_t columns) {
  if (columns > kAcross) return " class=\"dense across\"";
  return columns > kDense ? " class=\"dense\"" : "";
}

}  // namespace

std::string to_html(const Table& table, const HtmlLooks& looks) {
  const SplitTitle title = split_title(table.title);
  const Writer writer(table, looks);
  const std::size_t shown = std::min(table.rows.size(), kMostHtmlRows);
  const std::string id = html_id("table", table.name);
  std::string out = fmt::format(
      "<section id=\"{0}\"{3}>\n<{1} id=\"{0}-name\">{2}</{1}>\n", id,
      looks.heading, html_text(title.head), printed_as(table.columns.size()));
  if (!looks.look_for.empty()) {
    out += fmt::format("<p class=\"look\">{}</p>\n", html_text(looks.look_for));
  }
  // Boxes that scroll can be reached and named without a pointer.
  out += fmt::format(
      "<div class=\"box{}\" role=\"group\" tabindex=\"0\" "
      "aria-labelledby=\"{}-name\"><table>\n"
      "<caption><span>{}</span></caption>\n",
      shown > kLong ? " long" : "", id, html_text(title.rest));
  out += writer.head() + "<tbody>\n";
  for (std::size_t r = 0; r < shown; ++r) out += writer.row(r);
  return out + "</tbody></table></div>\n" +
         notes_of(table, shown, looks.whole) + "</section>\n";
}

}  // namespace coxswain::analysis
