#pragma once

namespace coxswain::jobs {

// Operations a second of one thread's products on this processor, by the kind
// of weights.
struct ProductRates {
  double float32 = 0, bfloat16 = 0;
};

// Measures them on matrices of fixed shape, which takes about a tenth of a
// second. Where the processor has no instructions for bfloat16, its numbers are
// widened and multiplied as float32: half the memory, no gain of time.
ProductRates product_rates();

}  // namespace coxswain::jobs
