#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "storage/run/failure_kind.hpp"

namespace coxswain::runner {

// How many failures of each kind there are.
using FailureCounts = std::map<storage::FailureKind, std::size_t>;

// "2 input, 1 memory".
std::string text_of(const FailureCounts& counts);

}  // namespace coxswain::runner
