#include "analysis/tables/main_columns.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

#include "analysis/measures/main_places.hpp"
#include "analysis/statistics/statistics.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double mean_of(const MainRow& row, double (*number)(const Steerability&)) {
  std::vector<double> values;
  for (const Steerability* one : row.of) values.push_back(number(*one));
  return mean_present(values);
}

TableCell slope_cell(const ReportSource& /*source*/, const MainRow& row) {
  return row.slope;
}

// An original that steers keeps all of itself; nothing is kept by noise.
TableCell retained_cell(const ReportSource& source, const MainRow& row) {
  const Steerability& one = *row.of.front();
  if (!row.noise && !row.original) {
    return source.retained[static_cast<std::size_t>(one.variant)];
  }
  return RatioSet{row.original && steers(source, one) ? 1 : kNaN, kNaN, kNaN,
                  RatioSet::Shape::none};
}

TableCell answer_cell(const ReportSource& /*source*/, const MainRow& row) {
  return row.noise ? Interval{kNaN, kNaN, kNaN} : row.of.front()->answer_slope;
}

TableCell change_cell(const ReportSource& /*source*/, const MainRow& row) {
  if (!row.noise) return row.of.front()->probability_change;
  const double mean = mean_of(row, [](const Steerability& one) {
    return one.probability_change.estimate;
  });
  return Interval{mean, kNaN, kNaN};
}

TableCell mass_cell(const ReportSource& /*source*/, const MainRow& row) {
  return mean_of(
      row, [](const Steerability& one) { return one.answer_mass_steered; });
}

TableCell cosine_cell(const ReportSource& source, const MainRow& row) {
  std::vector<double> values;
  for (const Steerability* one : row.of) {
    values.push_back(variant_row(source, *one).cosine);
  }
  return mean_present(values);
}

TableCell clusters_cell(const ReportSource& /*source*/, const MainRow& row) {
  return static_cast<std::int64_t>(row.of.front()->n_clusters);
}

TableCell items_cell(const ReportSource& /*source*/, const MainRow& row) {
  const Steerability& one = *row.of.front();
  return std::int64_t{one.n_items - one.n_missing};
}

TableCell p_cell(const ReportSource& source, const MainRow& row) {
  if (row.noise) return kNaN;
  const auto variant = static_cast<std::size_t>(row.of.front()->variant);
  return source.comparisons.of[variant].adjusted;
}

// A column that can be chosen.
struct Known {
  const char* word;  // that names it in a sweep
  TableColumn column;
  bool has_digits = false;  // that [report] digits speaks of
  TableCell (*cell)(const ReportSource& source, const MainRow& row);
  const char* note = "";  // a sentence, with a space behind it
};

const std::vector<Known>& all_columns() {
  static const std::vector<Known> known{
      {"slope", {"content slope", 3}, true, slope_cell},
      {"retained", {"retained", 2}, true, retained_cell},
      {"answer",
       {"answer slope", 3},
       true,
       answer_cell,
       "Answer slope: half of what slopes of the first answer have more than "
       "the second's. "},
      {"change",
       {"P change", 1},
       false,
       change_cell,
       "P change: what P(matching) gains of both answers' probability, in "
       "percentage points. "},
      {"mass",
       {"mass steered", 3},
       false,
       mass_cell,
       "Mass: probability of the two answers at the largest multipliers. "},
      {"cosine",
       {"cosine", 2},
       false,
       cosine_cell,
       "Cosine: with the vector. "},
      {"clusters", {"clusters"}, false, clusters_cell},
      {"n", {"n"}, false, items_cell},
      {"p",
       {"p vs 0 / original", 3, NumberKind::probability},
       false,
       p_cell,
       "p: that an original's slope is 0; that another's is its original's; "
       "both adjusted over their family. "}};
  return known;
}

std::vector<std::string> chosen_words(const ReportChoices& choices) {
  if (!choices.columns.empty()) return choices.columns;
  return {"slope", "retained", "clusters", "n", "p"};
}

const Known& known_as(const std::string& word) {
  const auto found = std::ranges::find_if(
      all_columns(), [&](const Known& one) { return one.word == word; });
  assert(found != all_columns().end() && "read_report() knows the words");
  return *found;
}

}  // namespace

std::vector<std::string> main_column_names() {
  std::vector<std::string> names;
  for (const Known& one : all_columns()) names.emplace_back(one.word);
  return names;
}

std::vector<TableColumn> main_columns(const ReportChoices& choices) {
  std::vector<TableColumn> columns;
  for (const std::string& word : chosen_words(choices)) {
    const Known& known = known_as(word);
    columns.push_back(known.column);
    if (!choices.decimals || !known.has_digits) continue;
    columns.back().decimals = *choices.decimals;
    columns.back().fixed = true;
  }
  return columns;
}

std::string main_columns_note(const ReportChoices& choices) {
  std::string out;
  for (const std::string& word : chosen_words(choices)) {
    out += known_as(word).note;
  }
  return out + "Noise (N): its band, N directions.";
}

std::vector<TableCell> main_cells(const ReportSource& source,
                                  const MainRow& row) {
  assert(!row.of.empty());
  std::vector<TableCell> cells;
  for (const std::string& word : chosen_words(source.choices)) {
    cells.push_back(known_as(word).cell(source, row));
  }
  return cells;
}

}  // namespace coxswain::analysis
