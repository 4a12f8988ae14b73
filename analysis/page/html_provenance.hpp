#pragma once

#include <cstddef>
#include <string>

#include "analysis/page/origins.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// What a page shows of the effective sweep; results.h5 has all of it.
constexpr std::size_t kMostSweepBytes = 256U << 10U;

// The end of a page, which links of its rows go to: what numbers were computed
// from, data, SAEs, models, versions, digests, devices, the effective sweep.
std::string html_provenance(const storage::Results& results,
                            const Origins& origins);

}  // namespace coxswain::analysis
