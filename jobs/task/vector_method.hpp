#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>

namespace coxswain::jobs {

// What a vector is of a behaviour's pairs. Numbers are part of task keys:
// append, never renumber.
enum class VectorMethod : std::uint8_t {
  mean_difference,
  pca,
  pca_centred,
  logistic,
  positive_mean,
};

// A method as sweeps and names/methods of results.h5 have it.
struct VectorMethodTraits {
  VectorMethod method;
  const char* name;
  const char* description;
  bool rows;  // made of every pair's activations, not of sums over them
};

// In the order of VectorMethod.
inline constexpr auto kVectorMethods = std::to_array<VectorMethodTraits>(
    {{VectorMethod::mean_difference, "mean-difference",
      "mean over pairs of h(x+) - h(x-)", false},
     {VectorMethod::pca, "pca",
      "first principal direction of h(x+) - h(x-) around 0, as long as the "
      "mean difference",
      true},
     {VectorMethod::pca_centred, "pca-centred",
      "first principal component of h(x+) - h(x-) around their mean, as long "
      "as the mean difference",
      true},
     {VectorMethod::logistic, "logistic",
      "weights of a logistic regression of x+ against x-, as long as the mean "
      "difference",
      true},
     {VectorMethod::positive_mean, "positive-mean",
      "mean of h(x+), as long as the mean difference", false}});

constexpr const VectorMethodTraits& traits_of(VectorMethod method) {
  const auto at = static_cast<std::size_t>(method);
  assert(at < kVectorMethods.size() && kVectorMethods[at].method == method);
  return kVectorMethods[at];
}

}  // namespace coxswain::jobs
