#include "runner/commands/machine_rates.hpp"

#include <fmt/format.h>

namespace coxswain::runner {

std::string rates_text(const jobs::ProductRates& rates) {
  // Two measurements of one rate on a busy machine differ by so much.
  constexpr double kAlike = 1.3;
  const bool float32 = rates.float32 > rates.bfloat16;
  const double ratio =
      float32 ? rates.float32 / rates.bfloat16 : rates.bfloat16 / rates.float32;
  return fmt::format(
      "products on this processor, one thread: float32 {:.0f} GFLOP/s, "
      "bfloat16 {:.0f}: {}",
      rates.float32 / 1e9, rates.bfloat16 / 1e9,
      ratio < kAlike ? "equally fast"
                     : fmt::format("{} is {:.1f} times as fast",
                                   float32 ? "float32" : "bfloat16", ratio));
}

}  // namespace coxswain::runner
