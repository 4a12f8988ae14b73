#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "jobs/sae/sae_matrix.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// Codes of many vectors without their zeros: row i has the entries offsets[i]
// to offsets[i + 1], by feature.
struct SparseCodes {
  std::vector<std::int64_t> offsets{0};
  std::vector<std::int64_t> features;
  std::vector<double> values;

  std::int64_t rows() const { return std::ssize(offsets) - 1; }
  std::int64_t atoms(std::int64_t row) const;
  // Appends the rows of codes [n, d_sae], or of another SparseCodes.
  void append(const at::Tensor& codes);
  void append_row(const SparseCodes& from, std::int64_t row);
};

// The entries of a row by the size of their values, ties to the lower feature:
// indices into features and values.
std::vector<std::int64_t> by_size(const SparseCodes& codes, std::int64_t row);

// Appends part of a row to `to` as a row of its own; `k` is an atom count or a
// rank by size, where `part` needs one. Of what a part takes from the vector it
// is what is taken.
void append_part(const SparseCodes& from, std::int64_t row, Part part,
                 std::int64_t k, SparseCodes& to);

// What one pass over the decoder gives.
struct DecoderReading {
  at::Tensor
      sums;  // [codes.rows(), d_out] float64: sum of value W_dec[feature]
  at::Tensor projections;  // [n, d_sae]: <v, W_dec[j] / |W_dec[j]|>
  at::Tensor rows;         // [wanted.size(), d_out]: W_dec[wanted]
};

// However W_dec lies, the bits are the same, and those of a row of codes or a
// vector depend on that row alone. `codes` are coefficients of decoder rows as
// stored; `vectors` [n, d_out]; `wanted` are features.
DecoderReading read_decoder(const SaeMatrix& W_dec, const SparseCodes& codes,
                            const at::Tensor& vectors,
                            const std::vector<std::int64_t>& wanted);

}  // namespace coxswain::jobs
