#include "jobs/sae/sae_matrix.hpp"

#include <ATen/ATen.h>

#include <cassert>
#include <utility>

namespace coxswain::jobs {
namespace {

// How many rows are widened to float64 at once, for norms.
constexpr std::int64_t kRowsAtOnce = 4096;
constexpr std::int64_t kColumnsAtOnce = 4096;  // of a product

// Adds the squares of a block's rows or columns without a float64 copy of it.
void add_squares(const at::Tensor& block, std::int64_t along,
                 at::Tensor&& into) {
  for (std::int64_t first = 0; first < block.size(0); first += kRowsAtOnce) {
    const std::int64_t n = std::min(kRowsAtOnce, block.size(0) - first);
    const at::Tensor squares =
        block.narrow(0, first, n).to(at::kDouble).square();
    if (along == 1) {
      into.narrow(0, first, n).add_(squares.sum(1));
    } else {
      into.add_(squares.sum(0));
    }
  }
}

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
  if (in_memory()) return at::mm(x, values_);
  at::Tensor product = at::zeros({x.size(0), columns_}, kind_);
  for_each_block([&](const MatrixBlock& block) {
    const at::Tensor part = x.narrow(1, block.first_row, block.values.size(0));
    const std::int64_t width = block.values.size(1);
    // A block has few rows: its share of the product is added up while it is in
    // the cache.
    for (std::int64_t at = 0; at < width; at += kColumnsAtOnce) {
      const std::int64_t n = std::min(kColumnsAtOnce, width - at);
      product.narrow(1, block.first_column + at, n)
          .addmm_(part, block.values.narrow(1, at, n));
    }
  });
  return product;
}

at::Tensor SaeMatrix::times_transposed(const at::Tensor& x) const {
  assert(x.dim() == 2 && x.size(1) == columns_);
  if (in_memory()) return at::mm(x, values_.t());
  at::Tensor product = at::zeros({x.size(0), rows_}, kind_);
  for_each_block([&](const MatrixBlock& block) {
    product.narrow(1, block.first_row, block.values.size(0))
        .addmm_(x.narrow(1, block.first_column, block.values.size(1)),
                block.values.t());
  });
  return product;
}

at::Tensor SaeMatrix::row_norms() const {
  const at::Tensor squares = at::zeros({rows_}, at::kDouble);
  for_each_block([&](const MatrixBlock& block) {
    add_squares(block.values, 1,
                squares.narrow(0, block.first_row, block.values.size(0)));
  });
  return squares.sqrt();
}

at::Tensor SaeMatrix::column_norms() const {
  const at::Tensor squares = at::zeros({columns_}, at::kDouble);
  for_each_block([&](const MatrixBlock& block) {
    add_squares(block.values, 0,
                squares.narrow(0, block.first_column, block.values.size(1)));
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
