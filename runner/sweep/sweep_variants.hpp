#pragma once

#include <vector>

#include "runner/sweep/sweep.hpp"
#include "runner/sweep/table_reader.hpp"

namespace coxswain::runner {

// Of a kind of noise, a layer.
constexpr int kMostSeeds = 10000;

// `variants` of [steer]; the original alone unless said.
std::vector<VariantKind> read_variants(TableReader& steering);
// `noise` of [steer], whose layers and `random` are in `steer`.
std::vector<NoiseEntry> read_noise(TableReader& steering,
                                   const SteerEntry& steer);

}  // namespace coxswain::runner
