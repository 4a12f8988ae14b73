#include "jobs/decomposition/sparse_codes.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace coxswain::jobs {
namespace {

// Rows of the decoder that are widened to float64 at once.
constexpr std::int64_t kRowsAtOnce = 4096;

// Adds to `sum` [d_out] what one row of codes takes of a block of the decoder.
void add_taken(const SparseCodes& codes, std::int64_t row,
               const MatrixBlock& block, at::Tensor&& sum) {
  assert(0 <= row && row < codes.rows());
  assert(sum.size(0) == block.values.size(1));
  const auto i = static_cast<std::size_t>(row);
  const std::int64_t last_row = block.first_row + block.values.size(0);
  const auto begin = codes.features.begin();
  const auto first = std::lower_bound(
      begin + codes.offsets[i], begin + codes.offsets[i + 1], block.first_row);
  const auto last =
      std::lower_bound(first, begin + codes.offsets[i + 1], last_row);
  for (auto at = first; at < last; at += std::min(kRowsAtOnce, last - at)) {
    const std::int64_t n = std::min(kRowsAtOnce, last - at);
    const std::vector<std::int64_t> features(at, at + n);
    const auto values = codes.values.begin() + (at - begin);
    const at::Tensor rows =
        block.values
            .index_select(0, at::tensor(features, at::kLong) - block.first_row)
            .to(at::kDouble);
    // In float64, some rows at a time: the order of the sum is that of the
    // features.
    sum.add_(at::mv(
        rows.t(),
        at::tensor(std::vector<double>(values, values + n), at::kDouble)));
  }
}

bool belongs(Part part, double value, std::int64_t rank, std::int64_t k) {
  switch (part) {
    case Part::all:
      return true;
    case Part::positive:
      return value > 0;
    case Part::negative:
    case Part::flipped:
      return value < 0;
    case Part::first:
      return rank < k;
    case Part::atom:
      return rank == k;
    case Part::without:
      return rank != k;
  }
  return false;
}

}  // namespace

std::int64_t SparseCodes::atoms(std::int64_t row) const {
  assert(0 <= row && row < rows());
  const auto i = static_cast<std::size_t>(row);
  return offsets[i + 1] - offsets[i];
}

void SparseCodes::append(const at::Tensor& codes) {
  assert(codes.dim() == 2);
  const at::Tensor dense = codes.to(at::kDouble).contiguous();
  const auto* values_of = dense.data_ptr<double>();
  const std::int64_t width = dense.size(1);
  for (std::int64_t row = 0; row < dense.size(0); ++row) {
    for (std::int64_t j = 0; j < width; ++j) {
      const double value = values_of[row * width + j];
      // Exactly zero is unused; what is tiny is a coefficient.
      if (value == 0) continue;
      features.push_back(j);
      values.push_back(value);
    }
    offsets.push_back(std::ssize(features));
  }
}

void SparseCodes::append_row(const SparseCodes& from, std::int64_t row) {
  assert(0 <= row && row < from.rows());
  const auto i = static_cast<std::size_t>(row);
  const auto copy = [&](const auto& source, auto& to) {
    to.insert(to.end(), source.begin() + from.offsets[i],
              source.begin() + from.offsets[i + 1]);
  };
  copy(from.features, features);
  copy(from.values, values);
  offsets.push_back(std::ssize(features));
}

std::vector<std::int64_t> by_size(const SparseCodes& codes, std::int64_t row) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(codes.atoms(row)));
  std::iota(order.begin(), order.end(),
            codes.offsets[static_cast<std::size_t>(row)]);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
    return std::abs(codes.values[static_cast<std::size_t>(a)]) >
           std::abs(codes.values[static_cast<std::size_t>(b)]);
  });
  return order;
}

void append_part(const SparseCodes& from, std::int64_t row, Part part,
                 std::int64_t k, SparseCodes& to) {
  assert(0 <= row && row < from.rows());
  assert(&from != &to);
  const std::int64_t begin = from.offsets[static_cast<std::size_t>(row)];
  const std::vector<std::int64_t> order = by_size(from, row);
  std::vector<std::int64_t> rank(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    rank[static_cast<std::size_t>(order[i] - begin)] =
        static_cast<std::int64_t>(i);
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto at = static_cast<std::size_t>(begin) + i;
    const double value = from.values[at];
    if (!belongs(part, value, rank[i], k)) continue;
    to.features.push_back(from.features[at]);
    to.values.push_back(part == Part::flipped ? -value : value);
  }
  to.offsets.push_back(std::ssize(to.features));
}

DecoderReading read_decoder(const SaeMatrix& W_dec, const SparseCodes& codes,
                            const at::Tensor& vectors,
                            const std::vector<std::int64_t>& wanted) {
  assert(vectors.dim() == 2 && vectors.size(1) == W_dec.columns());
  DecoderReading reading;
  reading.sums = at::zeros({codes.rows(), W_dec.columns()}, at::kDouble);
  reading.projections =
      at::zeros({vectors.size(0), W_dec.rows()}, vectors.options());
  reading.rows =
      at::zeros({std::ssize(wanted), W_dec.columns()}, vectors.options());
  const at::Tensor squares = at::zeros({W_dec.rows()}, at::kDouble);
  W_dec.for_each_block([&](const MatrixBlock& block) {
    copy_rows(block, wanted, reading.rows);
    const std::int64_t first = block.first_row, n = block.values.size(0);
    const std::int64_t column = block.first_column;
    const std::int64_t width = block.values.size(1);
    for (std::int64_t row = 0; row < codes.rows(); ++row) {
      add_taken(codes, row, block, reading.sums[row].narrow(0, column, width));
    }
    reading.projections.narrow(1, first, n)
        .addmm_(vectors.narrow(1, column, width), block.values.t());
    squares.narrow(0, first, n)
        .add_(at::norm(block.values, 2, {1}).to(at::kDouble).square());
  });
  // Against a row of zeros everything projects to nothing.
  const at::Tensor norms =
      at::where(squares.eq(0), at::ones_like(squares), squares.sqrt());
  reading.projections.div_(norms.to(vectors.scalar_type()));
  return reading;
}

}  // namespace coxswain::jobs
