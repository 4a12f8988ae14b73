#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <span>
#include <vector>

namespace coxswain::tests {

// What one member of each row is: [rows] float64.
template <class Row>
at::Tensor column(std::span<const Row> rows, double Row::*member) {
  std::vector<double> values;
  for (const Row& row : rows) values.push_back(row.*member);
  return at::tensor(values, at::kDouble);
}
template <class Row>
at::Tensor column(const std::vector<Row>& rows, double Row::*member) {
  return column(std::span<const Row>(rows), member);
}

}  // namespace coxswain::tests
