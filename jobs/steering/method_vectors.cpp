#include "jobs/steering/method_vectors.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <numeric>

#include "jobs/device/fixed_sums.hpp"
#include "jobs/steering/controls.hpp"
#include "jobs/steering/logistic_direction.hpp"
#include "jobs/steering/principal_direction.hpp"

namespace coxswain::jobs {
namespace {

PairDirection of_rows(VectorMethod method, const PairActivations& pairs,
                      const at::Tensor& mean) {
  const PairActivations rows = in_order_of_bytes(pairs);
  const at::Tensor positive = rows.positive.to(at::kDouble);
  const at::Tensor negative = rows.negative.to(at::kDouble);
  switch (method) {
    case VectorMethod::pca:
      return principal_direction(positive - negative, Around::zero, mean);
    case VectorMethod::pca_centred:
      return principal_direction(positive - negative, Around::mean, mean);
    case VectorMethod::logistic:
      return logistic_direction(positive, negative);
    case VectorMethod::mean_difference:
    case VectorMethod::positive_mean:
      break;
  }
  assert(false && "a method of rows");
  return {};
}

// As long as the mean difference.
PairDirection scaled(PairDirection made, double length) {
  if (made.failure.empty() && !(vector_norm(made.vector) > 0)) {
    made.failure = "it has no length";
  }
  if (made.failure.empty()) made.vector = with_norm(made.vector, length);
  return made;
}

}  // namespace

PairActivations in_order_of_bytes(const PairActivations& pairs) {
  const at::Tensor positive = pairs.positive.contiguous();
  const at::Tensor negative = pairs.negative.contiguous();
  assert(positive.scalar_type() == at::kFloat &&
         negative.scalar_type() == at::kFloat);
  const std::int64_t d = positive.size(1);
  const auto compared = [d](const at::Tensor& rows, std::int64_t a,
                            std::int64_t b) {
    const auto* values = rows.data_ptr<float>();
    return std::memcmp(values + a * d, values + b * d,
                       static_cast<std::size_t>(d) * sizeof(float));
  };
  std::vector<std::int64_t> order(static_cast<std::size_t>(positive.size(0)));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::ranges::stable_sort(order, [&](std::int64_t a, std::int64_t b) {
    const int first = compared(positive, a, b);
    return first < 0 || (first == 0 && compared(negative, a, b) < 0);
  });
  const at::Tensor rows = at::tensor(order, at::kLong);
  return {positive.index_select(0, rows), negative.index_select(0, rows)};
}

MethodVectors method_vectors(const VectorTask& task,
                             const std::vector<storage::ArrayMap>& inputs,
                             const at::Tensor& means,
                             const at::Tensor& positive_means) {
  assert(means.dim() == 2 && means.size(0) == task.n_layers);
  MethodVectors made{
      at::full_like(means, std::numeric_limits<double>::quiet_NaN()), {}};
  for (std::int64_t layer = 0; layer < task.n_layers; ++layer) {
    const double length = vector_norm(means[layer]);
    PairDirection one;
    if (!(length > 0)) {
      one.failure = "the mean difference, whose length it would have, is 0";
    } else if (traits_of(task.method).rows) {
      one = of_rows(task.method,
                    pair_activations(inputs, 0, inputs.size(), layer),
                    means[layer]);
    } else {
      assert(task.method == VectorMethod::positive_mean);
      one.vector = positive_means[layer];
    }
    one = scaled(std::move(one), length);
    if (one.failure.empty()) made.vectors[layer].copy_(one.vector);
    made.failures.push_back(one.failure);
  }
  return made;
}

}  // namespace coxswain::jobs
