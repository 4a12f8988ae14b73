#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "jobs/sae/sparse_autoencoder.hpp"

namespace coxswain::jobs {

// A way to take vectors apart. A new method is one unit and one line in the
// table of method.cpp.
struct DecompositionMethod {
  const char* name;
  const char* description;  // goes into names/methods of results.h5
  // vectors [n, d_in] float32 -> coefficients [n, d_sae], zero where unused
  at::Tensor (*codes)(const SparseAutoencoder& sae, const at::Tensor& vectors,
                      bool b_dec_input);
};

extern const DecompositionMethod kEncode;

// nullptr for a name we don't have.
const DecompositionMethod* method_named(const std::string& name);

}  // namespace coxswain::jobs
