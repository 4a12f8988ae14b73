#pragma once

#include <cstdint>
#include <vector>

#include "jobs/task/model_source.hpp"

namespace coxswain::jobs {

// Norms of the residual stream at every token of some texts, none of them
// empty.
// -> as to_arrays() of norm_histogram.hpp has them, two a layer: of the texts'
//    first tokens, and of all others
struct ObserveTask {
  ModelSource model;
  std::vector<std::vector<std::int32_t>> texts;
  std::vector<std::int32_t> layers;
};

}  // namespace coxswain::jobs
