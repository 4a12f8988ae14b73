#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace coxswain::jobs {

// A direction that a method made of a behaviour's pairs at one layer, [d_model]
// float64 of any length; or, without one, why.
struct PairDirection {
  at::Tensor vector;    // not defined: there is none
  std::string failure;  // empty: there is one
};

}  // namespace coxswain::jobs
