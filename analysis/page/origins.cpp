#include "analysis/page/origins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <set>

#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kMostMultipliers = 12;
constexpr std::size_t kDigestShown = 12;  // hexadecimal digits

std::string id_of(const char* kind, std::int32_t row) {
  const bool there = row >= 0 && static_cast<std::size_t>(row) < kMostHtmlRows;
  return there ? fmt::format("{}-{}", kind, row) : "";
}

// Rows of a table of results.h5 as people write them.
template <class Number>
std::string spelled(Number first, Number last) {
  return first == last ? fmt::format("{}", first)
                       : fmt::format("{} to {}", first, last);
}

// What is behind some variants in tables/propensity.
struct Propensities {
  std::int64_t n = 0;
  Coverage cells;
  std::int64_t first_cell = std::numeric_limits<std::int64_t>::max(),
               last_cell = -1;
  std::set<std::int32_t> items;
  std::set<double> multipliers;

  void add(const storage::Results& results, const storage::PropensityRow& row) {
    ++n;
    cells += covered(results, row.cell);
    first_cell = std::min(first_cell, row.cell);
    last_cell = std::max(last_cell, row.cell);
    items.insert(row.item);
    multipliers.insert(row.multiplier);
  }
};

std::string spelled(const std::set<double>& multipliers) {
  std::string out;
  std::size_t n = 0;
  for (const double one : multipliers) {
    if (n++ == kMostMultipliers) {
      return out +
             fmt::format(" and {} more", multipliers.size() - kMostMultipliers);
    }
    out += fmt::format("{}{:g}", out.empty() ? "" : ", ", one);
  }
  return out;
}

// Their propensities, each list's together.
std::vector<Propensities> behind(
    const storage::Results& results,
    const std::vector<std::vector<std::int32_t>>& lists) {
  std::vector<std::vector<std::size_t>> wanted(results.variants.size());
  for (std::size_t i = 0; i < lists.size(); ++i) {
    for (const std::int32_t variant : lists[i]) {
      wanted.at(static_cast<std::size_t>(variant)).push_back(i);
    }
  }
  std::vector<Propensities> out(lists.size());
  for (const storage::PropensityRow& row : results.propensity) {
    for (const std::size_t i :
         wanted.at(static_cast<std::size_t>(row.variant))) {
      out[i].add(results, row);
    }
  }
  return out;
}

// The first row of each name; a page has no more than a table's rows.
template <class Name>
std::map<std::string, std::int32_t> rows_by_name(
    const storage::Results& results, std::size_t n, Name name) {
  std::map<std::string, std::int32_t> out;
  for (std::size_t i = 0; i < std::min(n, kMostHtmlRows); ++i) {
    const auto row = static_cast<std::int32_t>(i);
    out.emplace(name(results, row), row);
  }
  return out;
}

// The id of what a cell names.
std::string named(const std::map<std::string, std::int32_t>& rows,
                  const TableCell& cell, std::string (*id)(std::int32_t)) {
  const auto* text = std::get_if<std::string>(&cell);
  const auto at = text == nullptr ? rows.end() : rows.find(*text);
  return at == rows.end() ? "" : id(at->second);
}

// Whether the first cell says what the row above says.
bool repeats(const Table& table, std::size_t row) {
  if (row == 0) return false;
  const auto* text = std::get_if<std::string>(&table.rows[row][0]);
  const auto* above = std::get_if<std::string>(&table.rows[row - 1][0]);
  return text != nullptr && above != nullptr && *text == *above;
}

TableCell row_cell(std::int32_t row) {
  return row < 0 ? TableCell{std::string()} : TableCell{std::to_string(row)};
}

}  // namespace

std::string data_id(std::int32_t row) { return id_of("data", row); }
std::string sae_id(std::int32_t row) { return id_of("sae", row); }
std::string model_id(std::int32_t row) { return id_of("model", row); }

Origins::Origins(const storage::Results& results)
    : results_(results),
      data_(rows_by_name(results, results.behaviours.size(), behaviour_name)),
      saes_(rows_by_name(results, results.saes.size(), sae_name)) {}

std::string Origins::link(const std::vector<std::int32_t>& variants) {
  if (variants.empty()) return "";
  const auto at = known_.find(variants);
  if (at != known_.end()) return asked_[at->second].id;
  if (asked_.size() == kMostHtmlRows) return "";
  known_[variants] = asked_.size();
  asked_.push_back({fmt::format("from-{}", asked_.size()), variants});
  return asked_.back().id;
}

std::vector<std::string> Origins::links(const Table& table, std::size_t row) {
  std::vector<std::string> out(table.columns.size());
  const auto& cells = table.rows.at(row);
  // Once for rows that repeat it: each link is a stop of the keyboard.
  const bool again = repeats(table, row);
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const std::string& name = table.columns[c].name;
    if (c == 0 && again) continue;
    if (name == "behaviour" || name == "vector") {
      out[c] = named(data_, cells[c], data_id);
    } else if (name == "SAE") {
      out[c] = named(saes_, cells[c], sae_id);
    } else if (name == "variant" && row < table.made_of.size()) {
      out[c] = link(table.made_of[row]);
    }
  }
  return out;
}

std::vector<TableCell> Origins::row_of(const Asked& asked) const {
  const auto& first =
      results_.variants.at(static_cast<std::size_t>(asked.variants.front()));
  const auto [low, high] = std::ranges::minmax(asked.variants);
  const std::size_t n = asked.variants.size();
  std::string model, sae, digest;
  if (first.model >= 0 && first.model < std::ssize(results_.models)) {
    model = results_.models[static_cast<std::size_t>(first.model)].name.str();
  }
  if (first.decomposition >= 0) {
    const auto at = static_cast<std::size_t>(first.decomposition);
    sae = sae_name(results_, results_.decompositions.at(at).sae);
  }
  if (first.behaviour >= 0 &&
      first.behaviour < std::ssize(results_.behaviours)) {
    const auto at = static_cast<std::size_t>(first.behaviour);
    digest = results_.behaviours[at].digest.str().substr(0, kDigestShown);
  }
  return {behaviour_name(results_, first.behaviour),
          std::int64_t{first.layer},
          n == 1
              ? variant_name(results_, first)
              : fmt::format("{} noise ({})", variant_kind(results_, first), n),
          model,
          sae,
          spelled(low, high),
          row_cell(first.vector),
          row_cell(first.decomposition),
          digest};
}

Table Origins::table() const {
  Table table{"origins",
              "Computed from: the rows of results.h5 behind numbers above, one "
              "of tables/propensity an item and multiplier",
              {{"behaviour"},
               {"layer"},
               {"variant"},
               {"model"},
               {"SAE"},
               {"row of variants"},
               {"row of vectors"},
               {"row of decompositions"},
               {"SHA-256 of the data"},
               {"items"},
               {"multipliers"},
               {"propensities"},
               {"cells computed"},
               {"rows of cells"}},
              {},
              {"Rows are those of tables/... in results.h5, counted from 0."}};
  std::vector<std::vector<std::int32_t>> lists;
  for (const Asked& asked : asked_) lists.push_back(asked.variants);
  const std::vector<Propensities> all = behind(results_, lists);
  for (std::size_t i = 0; i < asked_.size(); ++i) {
    const Propensities& its = all[i];
    std::vector<TableCell> row = row_of(asked_[i]);
    const bool counted = its.cells.planned > 0;
    row.insert(
        row.end(),
        {static_cast<std::int64_t>(its.items.size()), spelled(its.multipliers),
         its.n,
         counted ? fmt::format("{} of {}", its.cells.done, its.cells.planned)
                 : std::string(),
         counted ? spelled(its.first_cell, its.last_cell) : std::string()});
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::vector<HtmlRow> Origins::rows() const {
  const auto there = [](std::int32_t row, std::size_t n, auto id) {
    return row >= 0 && static_cast<std::size_t>(row) < n ? id(row) : "";
  };
  std::vector<HtmlRow> out;
  for (const Asked& asked : asked_) {
    const auto& first =
        results_.variants.at(static_cast<std::size_t>(asked.variants.front()));
    HtmlRow row{asked.id, "", std::vector<std::string>(5)};
    row.links[0] = there(first.behaviour, results_.behaviours.size(), data_id);
    row.links[3] = there(first.model, results_.models.size(), model_id);
    if (first.decomposition >= 0) {
      const auto at = static_cast<std::size_t>(first.decomposition);
      row.links[4] = there(results_.decompositions.at(at).sae,
                           results_.saes.size(), sae_id);
    }
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace coxswain::analysis
