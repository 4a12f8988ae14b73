#pragma once

#include <cstdint>
#include <string>

namespace coxswain::tests {

// A SAELens directory (jumprelu, b_dec subtracted) with random weights.
void write_toy_sae(const std::string& folder, std::int64_t d_in,
                   std::int64_t d_sae);

}  // namespace coxswain::tests
