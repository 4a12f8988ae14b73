#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "jobs/model/config/architecture.hpp"
#include "jobs/model/config/tensor_names.hpp"
#include "storage/models/weight_file.hpp"

namespace coxswain::jobs {

// Which tensors of a file make which weights: plain data, worked out from an
// architecture and a format's names. Checking and loading both follow it.

// How the rows of a tensor lie in the file.
enum class RowOrder {
  plain,
  rotary_pairs,  // (head, j, half) is row (head, half, j) of the model
  by_head        // (head, q or k or v, j) is row (q or k or v, head, j)
};

// One tensor of the file: rows [rows, in] of the matrix that it is a part of.
struct PlannedPart {
  std::string name;  // with ".weight" added: the matrix; ".bias": its bias
  std::int64_t rows = 0;
  RowOrder order = RowOrder::plain;
  std::int64_t heads = 0;
};

// A matrix put together from parts, one below the other. No parts: none.
struct PlannedLinear {
  std::vector<PlannedPart> parts;
  std::int64_t in = 0;
  bool bias = false;

  std::int64_t rows() const;
};

// Gain and, if there is one, shift of a norm: [size] each.
struct PlannedNorm {
  std::string name;  // empty: none
  std::int64_t size = 0;
  bool shift = false;
};

// All weights of one block; norms and matrices that it lacks are empty.
struct PlannedBlock {
  PlannedNorm attention_norm, query_norm, key_norm, attention_output_norm;
  PlannedNorm mlp_norm, mlp_output_norm;
  PlannedLinear qkv, attention_output, gate_up, down;
};

// All weights of a model, and what is to be done to them when they are read.
struct WeightPlan {
  std::string prefix;  // of the text model's tensors
  PlannedLinear embedding, positions, unembedding;  // rows by token, position
  PlannedNorm final_norm;
  std::vector<PlannedBlock> blocks;
  TensorNames::Matrices matrices = TensorNames::Matrices::out_in;
  double norm_offset = 0;

  // Every tensor of the file with the shape it must have there.
  void for_each_tensor(
      const std::function<void(const std::string& name,
                               const std::vector<std::int64_t>& shape)>& visit)
      const;
};

// The file is asked for the prefixes of its names alone.
WeightPlan plan_weights(const Architecture& model, const TensorNames& names,
                        const storage::WeightFile& file);

// Holds a file against its plan. Throws JobError for tensors that are missing,
// of another shape, or that the description has no place for; returns notes on
// those it may well not read.
std::vector<std::string> check_weights(const WeightPlan& plan,
                                       const Architecture& model,
                                       const TensorNames& names,
                                       const storage::WeightFile& file);

}  // namespace coxswain::jobs
