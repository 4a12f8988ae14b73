#include <nlohmann/json.hpp>

#include "analysis/forms/cell_text.hpp"
#include "analysis/forms/plain_text.hpp"
#include "analysis/forms/table_text.hpp"

namespace coxswain::analysis {
namespace {

// Keys in the order they are put in, so that equal tables give equal bytes that
// read well.
using Json = nlohmann::ordered_json;

// Numbers that are none become null: that is how the library writes them.
Json json_of(const Interval& interval) {
  return {{"estimate", interval.estimate},
          {"low", interval.low},
          {"high", interval.high}};
}

Json json_of(const RatioSet& ratio) {
  Json out = json_of(limits_of(ratio));
  out["set"] = shape_name(ratio.shape);
  return out;
}

Json json_of(const Coverage& coverage) {
  return {{"done", coverage.done}, {"planned", coverage.planned}};
}

Json json_of(const TableCell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) return *number;
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return *whole;
  if (const auto* interval = std::get_if<Interval>(&cell)) {
    return json_of(*interval);
  }
  if (const auto* ratio = std::get_if<RatioSet>(&cell)) return json_of(*ratio);
  return one_line(std::get<std::string>(cell));
}

}  // namespace

std::string to_json(const Table& table) {
  Json out;
  out["name"] = table.name;
  out["title"] = one_line(table.title);
  out["columns"] = Json::array();
  for (const TableColumn& column : table.columns) {
    out["columns"].push_back(one_line(column.name));
  }
  out["rows"] = Json::array();
  for (const auto& row : table.rows) {
    Json cells = Json::array();
    for (const TableCell& cell : row) cells.push_back(json_of(cell));
    out["rows"].push_back(std::move(cells));
  }
  out["notes"] = table.notes;
  const Coverage all = cells_of(table);
  out["coverage"] = all.planned == 0 ? Json() : json_of(all);
  out["row_coverage"] = Json::array();
  for (const Coverage& row : table.coverage) {
    out["row_coverage"].push_back(json_of(row));
  }
  return out.dump(1) + "\n";
}

}  // namespace coxswain::analysis
