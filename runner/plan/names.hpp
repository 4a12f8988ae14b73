#pragma once

#include <string>
#include <utility>
#include <vector>

#include "storage/results/results_schema.hpp"

namespace coxswain::runner {

// Numbers in results.h5; on disk: never renumber.
enum class CellKind : std::uint8_t {
  vector,
  decomposition,
  propensity,
  activations,
  code_differences,
  norms,
  activity,
};
enum class CellState : std::uint8_t { done, quarantined, missing };
enum class Reason : std::uint8_t { none, failed_often, input_quarantined };
enum class Split : std::uint8_t { train, test };
enum class NormSource : std::int32_t { reference, positive, negative };
enum class NormExclusion : std::int32_t { none, first, sinks };

// tables/vectors.method; decomposition methods are numbered from 1.
constexpr std::int32_t kMeanDifference = 0;

// The names/* tables. `methods` index: 0 is mean-difference, then the
// decomposition methods in their registry's order.
std::vector<std::pair<std::string, std::vector<storage::NameRow>>>
enumerations();

// Index in names/methods of a decomposition method.
std::int32_t method_id(const std::string& name);

}  // namespace coxswain::runner
