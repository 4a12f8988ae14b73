#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "jobs/task/feature_gate.hpp"

namespace coxswain::jobs {

// A feature of an SAE as it is read from the stream, and what it is set to.
struct ClampedFeature {
  at::Tensor encoder;  // [d_model]: its column of W_enc
  FeatureGate gate;
  double value = 0;  // in units of its codes
};

// Of some rows: their features' columns of W_enc, and the rest.
struct FeatureRows {
  at::Tensor encoders;  // [n, d_model] of the stream's kind, where the rows are
  at::Tensor numbers;   // [n, 5] as numbers_of() has them, on the processor
};

// bias, threshold, scale and shift of its gate, and the value.
std::vector<double> numbers_of(const ClampedFeature& feature);

// What clamping a feature f to a value c does to a row h, with a multiplier m:
//
//   h + m (c - f(h)) v,  f(h) = feature_gate.hpp's of h.w
//
// v is the feature's decoder row and w its column of W_enc. 1 sets what the SAE
// says of the feature to c and keeps all else of h, the SAE's error included; a
// fraction goes that share of the way, and 0 is the identity. What the SAE then
// says of the new row may differ from c: w.v is not 1. c = 0 takes the feature
// out where it fires, and does nothing where it does not. There is no dose.
//
// `rows` [n, d_model] of the stream's kind, `vectors` the same on the same
// device; `multipliers` [n] float64 on the processor. In float64, rounded to
// the stream once. -> rows that are new. A row's bits depend on its own inputs
// alone.
at::Tensor clamped(const at::Tensor& rows, const at::Tensor& vectors,
                   const at::Tensor& multipliers, const FeatureRows& features);

}  // namespace coxswain::jobs
