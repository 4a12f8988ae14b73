#include "jobs/decomposition/sparse_codes.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "jobs/sae/block_products.hpp"

namespace coxswain::jobs {
namespace {

// Adds to `sum` [d_out] what one row of codes takes of a block of the decoder:
// feature by feature, so that it makes no difference where blocks end.
template <class T>
void add_taken(const SparseCodes& codes, std::int64_t row,
               const MatrixBlock& block, double* sum) {
  assert(0 <= row && row < codes.rows());
  const auto i = static_cast<std::size_t>(row);
  const std::int64_t last_row = block.first_row + block.values.size(0);
  const auto begin = codes.features.begin();
  const auto first = std::lower_bound(
      begin + codes.offsets[i], begin + codes.offsets[i + 1], block.first_row);
  const auto last =
      std::lower_bound(first, begin + codes.offsets[i + 1], last_row);
  const std::int64_t down = block.values.stride(0);
  const std::int64_t right = block.values.stride(1);
  const T* const numbers = block.values.data_ptr<T>();
  const auto add = [&](auto at, std::int64_t column) {
    const double value = codes.values[static_cast<std::size_t>(at - begin)];
    const T* const atom = numbers + (*at - block.first_row) * down;
    sum[column] += value * static_cast<double>(atom[column * right]);
  };
  // Along the memory; either way a column's terms come in one order.
  const std::int64_t columns = block.values.size(1);
  if (right == 1) {
    for (auto at = first; at < last; ++at) {
      for (std::int64_t c = 0; c < columns; ++c) add(at, c);
    }
  } else {
    for (std::int64_t c = 0; c < columns; ++c) {
      for (auto at = first; at < last; ++at) add(at, c);
    }
  }
}

// The same for all rows of codes, sums [codes.rows(), d_out].
template <class T>
void add_all_taken(const SparseCodes& codes, const MatrixBlock& block,
                   const at::Tensor& sums) {
  double* const first = sums.data_ptr<double>() + block.first_column;
  at::parallel_for(0, codes.rows(), 1, [&](auto from, auto end) {
    for (std::int64_t row = from; row < end; ++row) {
      add_taken<T>(codes, row, block, first + row * sums.size(1));
    }
  });
}

bool belongs(Part part, double value, std::int64_t rank, std::int64_t k) {
  switch (part) {
    case Part::all:
    case Part::residual:
      return true;
    case Part::positive:
      return value > 0;
    case Part::negative:
    case Part::flipped:
      return value < 0;
    case Part::first:
      return rank < k;
    case Part::atom:
    case Part::minus_atom:
    case Part::off_atom:
      return rank == k;
    case Part::without:
      return rank != k;
    case Part::without_first:
      return rank >= k;
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
  ProductOfBlocks projected(reading.projections, W_dec.columns());
  W_dec.for_each_block([&](const MatrixBlock& block) {
    copy_rows(block, wanted, reading.rows);
    block.values.scalar_type() == at::kDouble
        ? add_all_taken<double>(codes, block, reading.sums)
        : add_all_taken<float>(codes, block, reading.sums);
    projected.add(vectors, block.first_column, block.values.t(),
                  block.first_row);
    add_row_squares(block.values,
                    squares.narrow(0, block.first_row, block.values.size(0)));
  });
  // Against a row of zeros everything projects to nothing.
  const at::Tensor norms =
      at::where(squares.eq(0), at::ones_like(squares), squares.sqrt());
  reading.projections.div_(norms.to(vectors.scalar_type()));
  return reading;
}

}  // namespace coxswain::jobs
