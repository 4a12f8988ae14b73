#include "analysis/forms/column_order.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

namespace coxswain::analysis {
namespace {

constexpr std::size_t kMostKeys = 3;

constexpr std::string_view kKeys[] = {"behaviour", "layer",  "variant",
                                      "SAE",       "method", "vector"};

// In this order, whatever order a table has them in.
constexpr std::string_view kFirst[] = {"content slope", "slope", "n",
                                       "clusters"};
constexpr std::string_view kSecond[] = {"steers", "retained"};

// "p", "p slope (adjusted)": not "position".
bool is_p(const TableColumn& column) {
  return column.kind == NumberKind::probability &&
         (column.name == "p" || column.name.starts_with("p "));
}

}  // namespace

std::size_t n_keys(const Table& table) {
  const auto end =
      std::ranges::find_if_not(table.columns, [](const TableColumn& column) {
        return std::ranges::find(kKeys, column.name) != std::end(kKeys);
      });
  return std::clamp<std::size_t>(
      static_cast<std::size_t>(end - table.columns.begin()), 1, kMostKeys);
}

std::vector<std::size_t> reading_order(const Table& table) {
  std::vector<std::size_t> order;
  std::vector<bool> taken(table.columns.size(), false);
  const auto take = [&](std::size_t column) {
    if (column >= taken.size() || taken[column]) return;
    taken[column] = true;
    order.push_back(column);
  };
  const auto take_if = [&](auto wanted) {
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (wanted(table.columns[c])) take(c);
    }
  };
  for (std::size_t c = 0; c < n_keys(table); ++c) take(c);
  const auto take_named = [&](std::span<const std::string_view> names) {
    for (const std::string_view name : names) {
      take_if([&](const TableColumn& column) { return column.name == name; });
    }
  };
  take_named(kFirst);
  take_if(is_p);
  take_named(kSecond);
  take_if([](const TableColumn&) { return true; });
  return order;
}

}  // namespace coxswain::analysis
