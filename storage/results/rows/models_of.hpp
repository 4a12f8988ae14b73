#pragma once

#include <cstdint>
#include <vector>

namespace coxswain::storage {

// The model of each row of a table.
template <class Row>
std::vector<std::int32_t> models_of(const std::vector<Row>& rows) {
  std::vector<std::int32_t> models;
  models.reserve(rows.size());
  for (const Row& row : rows) models.push_back(row.model);
  return models;
}

}  // namespace coxswain::storage
