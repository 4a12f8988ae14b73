#include "jobs/device/product_rates.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <vector>

#include "jobs/kernels/kernels.hpp"

namespace coxswain::jobs {
namespace {

constexpr std::int64_t kRows = 384, kIn = 576, kOut = 1536;
constexpr int kTimes = 4;

// The best of some times: what else the machine does only slows it.
template <class T>
double rate_of(const Products<T>& products) {
  const auto numbers = [](std::int64_t n) {
    return std::vector<T>(static_cast<std::size_t>(n));
  };
  // Zeros multiply as fast as other numbers.
  const std::vector<T> x = numbers(kRows * kIn), matrix = numbers(kOut * kIn);
  std::vector<T> panels = numbers(kOut * kIn);
  std::vector<float> out(static_cast<std::size_t>(kRows * kOut));
  products.pack(matrix.data(), kOut, kIn, panels.data());
  double seconds = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kTimes; ++i) {
    const auto start = std::chrono::steady_clock::now();
    products.product({x.data(), kRows, kIn},
                     {panels.data(), kOut, kIn, nullptr}, 0, kOut, out.data());
    seconds = std::min(seconds, std::chrono::duration<double>(
                                    std::chrono::steady_clock::now() - start)
                                    .count());
  }
  return 2.0 * kRows * kIn * kOut / seconds;
}

}  // namespace

ProductRates product_rates() {
  return {rate_of(kernels().f32_products), rate_of(kernels().bf16_products)};
}

}  // namespace coxswain::jobs
