#pragma once

#include <optional>

#include "storage/results/activation_files.hpp"

namespace coxswain::runner {

// Files beside results.h5 that stages write in passing while it is sealed: what
// would make it too large. They get their names last.
struct BulkFiles {
  storage::ActivationLimits limits;
  std::optional<storage::ActivationFiles> activations;  // if there are any
};

}  // namespace coxswain::runner
