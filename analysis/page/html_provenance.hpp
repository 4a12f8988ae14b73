#pragma once

#include <cstddef>
#include <string>

#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// What a page shows of the effective sweep; results.h5 has all of it.
constexpr std::size_t kMostSweepBytes = 256U << 10U;

// The end of a page: versions, digests, models, SAEs, data, devices, the
// effective sweep.
std::string html_provenance(const storage::Results& results);

}  // namespace coxswain::analysis
