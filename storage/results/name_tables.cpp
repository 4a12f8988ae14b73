#include "storage/results/name_tables.hpp"

#include <string_view>

#include "storage/results/enumerations.hpp"

namespace coxswain::storage {
namespace {

// A number without an enumerator is spelled as a cast: "(Control)10".
template <auto value>
constexpr bool has_enumerator() {
  constexpr std::string_view spelled = __PRETTY_FUNCTION__;
  return spelled.find("= (") == std::string_view::npos;
}

// Whether the table has every value, each at its own number.
template <Enumeration E>
constexpr bool is_whole() {
  constexpr const auto& rows = kNamesOf<E>;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].value != static_cast<E>(i)) return false;
  }
  return has_enumerator<static_cast<E>(rows.size() - 1)>() &&
         !has_enumerator<static_cast<E>(rows.size())>();
}

NameRow row_at(std::size_t id, const std::string& name,
               const std::string& description) {
  return {static_cast<std::int32_t>(id), Text<32>(name),
          Text<160>(description)};
}

template <Enumeration E>
std::vector<NameRow> rows_of() {
  static_assert(is_whole<E>(), "a table of names misses a value");
  std::vector<NameRow> rows;
  for (const auto& one : kNamesOf<E>) {
    rows.push_back(row_at(rows.size(), one.name, one.description));
  }
  return rows;
}

}  // namespace

NameTables name_tables(
    const std::vector<std::pair<std::string, std::string>>& methods) {
  std::vector<NameRow> method_rows;
  for (const auto& [name, description] : methods) {
    method_rows.push_back(row_at(method_rows.size(), name, description));
  }
  return {{"kinds", rows_of<CellKind>()},
          {"states", rows_of<CellState>()},
          {"reasons", rows_of<Reason>()},
          {"splits", rows_of<Split>()},
          {"methods", std::move(method_rows)},
          {"controls", rows_of<Control>()},
          {"variants", rows_of<VariantSource>()},
          {"parts", rows_of<Part>()},
          {"norm_rules", rows_of<NormRule>()},
          {"sign_rules", rows_of<SignRule>()},
          {"dose_rules", rows_of<DoseRule>()},
          {"operations", rows_of<Operation>()},
          {"norm_sources", rows_of<NormSource>()},
          {"norm_exclusions", rows_of<NormExclusion>()},
          {"position_rules", rows_of<PositionKind>()}};
}

}  // namespace coxswain::storage
