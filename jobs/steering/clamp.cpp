#include "jobs/steering/clamp.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <cstdint>

#include "jobs/device/device_memory.hpp"
#include "jobs/device/fixed_sums.hpp"

namespace coxswain::jobs {
namespace {

// Rows at a time, so that float64 takes little memory; no byte depends on it.
constexpr std::int64_t kRowsAtOnce = 256;
constexpr std::int64_t kNumbers = 5;

}  // namespace

std::vector<double> numbers_of(const ClampedFeature& feature) {
  return {feature.gate.bias, feature.gate.threshold, feature.gate.scale,
          feature.gate.shift, feature.value};
}

at::Tensor clamped(const at::Tensor& rows, const at::Tensor& vectors,
                   const at::Tensor& multipliers, const FeatureRows& features) {
  assert(rows.dim() == 2 && rows.sizes() == vectors.sizes());
  assert(rows.sizes() == features.encoders.sizes());
  assert(features.numbers.dim() == 2 &&
         features.numbers.size(0) == rows.size(0) &&
         features.numbers.size(1) == kNumbers);
  assert(multipliers.dim() == 1 && multipliers.size(0) == rows.size(0));
  at::Tensor out = at::empty_like(rows);
  for (std::int64_t first = 0; first < rows.size(0); first += kRowsAtOnce) {
    const std::int64_t n = std::min(kRowsAtOnce, rows.size(0) - first);
    const auto some = [&](const at::Tensor& all) {
      return all.narrow(0, first, n).to(at::kDouble);
    };
    const auto column = [&](const at::Tensor& numbers) {  // [n, 1]
      return placed(numbers.narrow(0, first, n).contiguous(), rows.device())
          .unsqueeze(1);
    };
    const auto number = [&](std::int64_t i) {
      return column(features.numbers.select(1, i));
    };
    const at::Tensor h = some(rows);
    const at::Tensor product =
        row_sums(h * some(features.encoders)).unsqueeze(1);
    const at::Tensor fires = product + number(0) > number(1);
    const at::Tensor code =
        at::where(fires, (product * number(2) + number(3)).clamp_min(0),
                  at::zeros_like(product));
    const at::Tensor way = column(multipliers) * (number(4) - code);
    out.narrow(0, first, n).copy_(h + way * some(vectors));
  }
  return out;
}

}  // namespace coxswain::jobs
