#include "jobs/sae/block_products.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "jobs/device/row_product.hpp"

namespace coxswain::jobs {
namespace {

// Sums that are added to side by side: one alone waits for each addition.
constexpr std::int64_t kSideBySide = 8;

// Adds the squares of a block's numbers to the sums [rows] of their rows, one
// after the other: where blocks end makes no difference.
template <class T>
void add_squares(const at::Tensor& block, const at::Tensor& sums) {
  const std::int64_t rows = block.size(0), columns = block.size(1);
  const std::int64_t down = block.stride(0), right = block.stride(1);
  const T* const numbers = block.data_ptr<T>();
  double* const to = sums.data_ptr<double>();
  at::parallel_for(
      0, (rows + kSideBySide - 1) / kSideBySide, 64, [&](auto from, auto end) {
        for (std::int64_t some = from; some < end; ++some) {
          const std::int64_t first = some * kSideBySide;
          const std::int64_t n = std::min(kSideBySide, rows - first);
          const T* row = numbers + first * down;
          std::array<double, kSideBySide> sum{};
          std::copy_n(to + first, n, sum.begin());
          for (std::int64_t column = 0; column < columns; ++column) {
            for (std::int64_t i = 0; i < n; ++i) {
              const auto number =
                  static_cast<double>(row[i * down + column * right]);
              sum[static_cast<std::size_t>(i)] += number * number;
            }
          }
          std::copy_n(sum.begin(), n, to + first);
        }
      });
}

}  // namespace

void add_row_squares(const at::Tensor& values, const at::Tensor& sums) {
  assert(values.dim() == 2 && sums.size(0) == values.size(0));
  values.scalar_type() == at::kDouble ? add_squares<double>(values, sums)
                                      : add_squares<float>(values, sums);
}

ProductOfBlocks::ProductOfBlocks(at::Tensor out, std::int64_t rows)
    : out_(std::move(out)), rows_(rows) {}

void ProductOfBlocks::add(const at::Tensor& x, std::int64_t first_row,
                          const at::Tensor& values, std::int64_t first_column) {
  const std::int64_t n = values.size(0);
  const at::Tensor part = x.narrow(1, first_row, n);
  const at::Tensor to = out_.narrow(1, first_column, values.size(1));
  if (n == rows_) {
    to.copy_(row_product(part, values));
  } else {
    split_.try_emplace(first_column, to, rows_).first->second.add(part, values);
  }
}

}  // namespace coxswain::jobs
