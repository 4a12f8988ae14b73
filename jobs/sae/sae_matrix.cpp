#include "jobs/sae/sae_matrix.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "jobs/device/row_product.hpp"
#include "jobs/sae/block_products.hpp"

namespace coxswain::jobs {
namespace {

[[maybe_unused]] bool all_below(const std::vector<std::int64_t>& numbers,
                                std::int64_t n) {
  return std::ranges::all_of(
      numbers, [n](std::int64_t number) { return 0 <= number && number < n; });
}

// Those of `numbers` in [first, first + n): their places in `numbers`, and
// their numbers from `first`.
struct Inside {
  std::vector<std::int64_t> places, local;
};
Inside inside(const std::vector<std::int64_t>& numbers, std::int64_t first,
              std::int64_t n) {
  Inside found;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] < first || numbers[i] >= first + n) continue;
    found.places.push_back(static_cast<std::int64_t>(i));
    found.local.push_back(numbers[i] - first);
  }
  return found;
}

}  // namespace

void copy_rows(const MatrixBlock& block,
               const std::vector<std::int64_t>& numbers, at::Tensor& rows) {
  assert(rows.size(0) == std::ssize(numbers));
  const Inside found = inside(numbers, block.first_row, block.values.size(0));
  if (found.places.empty()) return;
  rows.narrow(1, block.first_column, block.values.size(1))
      .index_copy_(
          0, at::tensor(found.places, at::kLong),
          block.values.index_select(0, at::tensor(found.local, at::kLong)));
}

SaeMatrix::SaeMatrix(at::Tensor values)
    : values_(std::move(values)),
      rows_(values_.size(0)),
      columns_(values_.size(1)),
      kind_(values_.scalar_type()) {
  assert(values_.dim() == 2);
}

SaeMatrix::SaeMatrix(std::int64_t rows, std::int64_t columns,
                     at::ScalarType kind,
                     std::shared_ptr<const MatrixSource> source)
    : source_(std::move(source)), rows_(rows), columns_(columns), kind_(kind) {
  assert(source_ != nullptr && rows_ > 0 && columns_ > 0);
}

const at::Tensor& SaeMatrix::tensor() const {
  assert(in_memory() && "a matrix that is read in blocks has no tensor");
  return values_;
}

void SaeMatrix::for_each_block(
    const std::function<void(const MatrixBlock&)>& use) const {
  if (source_ == nullptr) {
    use({values_, 0, 0});
  } else {
    source_->for_each_block(use);
  }
}

at::Tensor SaeMatrix::times(const at::Tensor& x) const {
  assert(x.dim() == 2 && x.size(1) == rows_);
  if (in_memory()) return row_product(x, values_);
  at::Tensor product = at::empty({x.size(0), columns_}, x.options());
  ProductOfBlocks all(product, rows_);
  for_each_block([&](const MatrixBlock& block) {
    all.add(x, block.first_row, block.values, block.first_column);
  });
  return product;
}

at::Tensor SaeMatrix::times_transposed(const at::Tensor& x) const {
  assert(x.dim() == 2 && x.size(1) == columns_);
  if (in_memory()) return row_product(x, values_.t());
  at::Tensor product = at::empty({x.size(0), rows_}, x.options());
  ProductOfBlocks all(product, columns_);
  for_each_block([&](const MatrixBlock& block) {
    all.add(x, block.first_column, block.values.t(), block.first_row);
  });
  return product;
}

at::Tensor SaeMatrix::row_norms() const {
  const at::Tensor squares = at::zeros({rows_}, at::kDouble);
  for_each_block([&](const MatrixBlock& block) {
    add_row_squares(block.values,
                    squares.narrow(0, block.first_row, block.values.size(0)));
  });
  return squares.sqrt();
}

at::Tensor SaeMatrix::column_norms() const {
  const at::Tensor squares = at::zeros({columns_}, at::kDouble);
  for_each_block([&](const MatrixBlock& block) {
    add_row_squares(block.values.t(), squares.narrow(0, block.first_column,
                                                     block.values.size(1)));
  });
  return squares.sqrt();
}

at::Tensor SaeMatrix::row(const std::vector<std::int64_t>& numbers) const {
  assert(all_below(numbers, rows_));
  at::Tensor rows = at::zeros({std::ssize(numbers), columns_}, kind_);
  for_each_block(
      [&](const MatrixBlock& block) { copy_rows(block, numbers, rows); });
  return rows;
}

at::Tensor SaeMatrix::column(const std::vector<std::int64_t>& numbers) const {
  assert(all_below(numbers, columns_));
  at::Tensor columns = at::zeros({rows_, std::ssize(numbers)}, kind_);
  for_each_block([&](const MatrixBlock& block) {
    const Inside found =
        inside(numbers, block.first_column, block.values.size(1));
    if (found.places.empty()) return;
    columns.narrow(0, block.first_row, block.values.size(0))
        .index_copy_(
            1, at::tensor(found.places, at::kLong),
            block.values.index_select(1, at::tensor(found.local, at::kLong)));
  });
  return columns;
}

}  // namespace coxswain::jobs
