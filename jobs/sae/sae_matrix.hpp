#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace coxswain::jobs {

// A part of a matrix: `values` lie at (first_row, first_column) of it.
struct MatrixBlock {
  at::Tensor values;  // [rows, columns] of the block
  std::int64_t first_row = 0;
  std::int64_t first_column = 0;
};

// Puts those rows of the matrix that are in the block into `rows`
// [numbers.size(), columns], by their places in `numbers`.
void copy_rows(const MatrixBlock& block,
               const std::vector<std::int64_t>& numbers, at::Tensor& rows);

// Where a matrix is that does not fit into memory: it is read anew for every
// pass, block by block in the order it lies in.
class MatrixSource {
 public:
  virtual ~MatrixSource() = default;
  // Calls `use` with blocks that together are the whole matrix; a block is gone
  // when `use` returns.
  virtual void for_each_block(
      const std::function<void(const MatrixBlock&)>& use) const = 0;
};

// One of an SAE's two large matrices W [rows, columns], in memory or not.
// Every product is one pass over it, and has the same bits however the matrix
// lies. Const and thread-safe.
class SaeMatrix {
 public:
  SaeMatrix() = default;
  SaeMatrix(at::Tensor values);  // NOLINT: a tensor is such a matrix
  SaeMatrix(std::int64_t rows, std::int64_t columns, at::ScalarType kind,
            std::shared_ptr<const MatrixSource> source);

  bool defined() const { return rows_ > 0; }
  std::int64_t rows() const { return rows_; }
  std::int64_t columns() const { return columns_; }
  // Whether tensor() may be called: the matrix is not read from a source.
  bool in_memory() const { return source_ == nullptr; }
  const at::Tensor& tensor() const;

  at::Tensor times(const at::Tensor& x) const;  // x [n, rows] -> x W
  // x [n, columns] -> x W^T [n, rows]
  at::Tensor times_transposed(const at::Tensor& x) const;
  at::Tensor row_norms() const;     // [rows] f64
  at::Tensor column_norms() const;  // [columns] f64
  // Rows [k, columns], columns [rows, k] by their numbers.
  at::Tensor row(const std::vector<std::int64_t>& numbers) const;
  at::Tensor column(const std::vector<std::int64_t>& numbers) const;

  void for_each_block(const std::function<void(const MatrixBlock&)>& use) const;

 private:
  at::Tensor values_;
  std::shared_ptr<const MatrixSource> source_;
  std::int64_t rows_ = 0, columns_ = 0;
  at::ScalarType kind_ = at::ScalarType::Float;
};

}  // namespace coxswain::jobs
