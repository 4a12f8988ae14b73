#pragma once

#include <string>

#include "jobs/device/product_rates.hpp"

namespace coxswain::runner {

// Which compute type multiplies faster on this processor, and by how much:
// "products on this processor, one thread: float32 63 GFLOP/s, bfloat16 32:
// float32 is 2.0 times as fast". No line end.
std::string rates_text(const jobs::ProductRates& rates);

}  // namespace coxswain::runner
