#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "jobs/device/phase_times.hpp"
#include "jobs/model/transformer.hpp"
#include "jobs/steering/steering.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// They decide memory and speed alone, but on a GPU, where rows share products.
constexpr std::int64_t kReadOutRows = 256;    // rows of logits at a time
constexpr std::int64_t kRowsPerBatch = 8192;  // steered rows, at most

// What the model says at the token that predicts the answer.
struct Answers {
  at::Tensor match;        // [n_items, n_steerings] logit of token_match
  at::Tensor other;        // of token_other
  at::Tensor log_sum_exp;  // over the vocabulary; undefined if left out
};

// What a caller of steer() may leave out or look at.
struct SteerOptions {
  Vocabulary vocabulary = Vocabulary::summed;
  PhaseTimes* times = nullptr;  // "clean pass", "cells", "answers"
  // Cells to compute, by the numbers of item and steering; none: all. What the
  // others have is nothing to be read.
  std::function<bool(std::size_t item, std::size_t steering)> wanted;
};

// Where the micro-batch ends that begins with cell `first`, of cells with these
// numbers of steered rows.
std::size_t end_of_cells(std::span<const std::int64_t> rows, std::size_t first);

// Evaluates every item under every steering by exact reuse: one clean pass for
// all items; then each cell starts behind its layer and computes its steered
// positions alone. Cells of all layers go through a block as one batch.
Answers steer(const Transformer& model,
              const std::vector<ContrastTokens>& items,
              const std::vector<Steering>& steerings,
              const SteerOptions& options = {});

// steer() by plain full passes, one per cell and with nothing reused: the
// oracle that steer() is tested against.
Answers steer_plainly(const Transformer& model,
                      const std::vector<ContrastTokens>& items,
                      const std::vector<Steering>& steerings);

}  // namespace coxswain::jobs
