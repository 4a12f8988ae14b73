#pragma once

#include <cstdint>
#include <vector>

#include "jobs/task/field.hpp"
#include "jobs/task/kind_traits.hpp"
#include "jobs/task/pair_cluster.hpp"
#include "jobs/task/sae_source.hpp"
#include "storage/files/digest.hpp"

namespace coxswain::jobs {

// Exchanges of x+ and x- for whole clusters of a behaviour's pairs.
struct ShuffleRequest {
  std::vector<PairCluster> clusters;  // of each pair
  storage::Key key;                   // of their random numbers

  static auto fields(auto& self) {
    return std::tuple(keyed(self.clusters), keyed(self.key));
  }
  bool operator==(const ShuffleRequest&) const = default;
};

// The signs of code differences that one SAE has of behaviours' pairs, with x+
// and x- exchanged. A task of its own, so that a run which did not ask for it
// goes on without computing its decompositions anew; a sweep has one for each
// behaviour. Inputs: the vector tasks, then each one's extract tasks with their
// bulk, in order.
// Gives the arrays of sign_null_result.hpp.
struct SignNullTask {
  SaeSource sae;
  std::int32_t layer = 0;                // row of the inputs' arrays
  std::vector<std::int32_t> n_extracts;  // of each vector task
  std::vector<ShuffleRequest> shuffles;  // of each vector task
  std::int32_t n_shuffles = 1000;        // all of them, if there are no more
  std::int32_t n_differences = 100;      // features that are chosen each time

  static auto fields(auto& self) {
    return std::tuple(keyed(self.sae), keyed(self.layer),
                      keyed(self.n_extracts), keyed(self.shuffles),
                      keyed(self.n_shuffles), keyed(self.n_differences));
  }
  bool operator==(const SignNullTask&) const = default;
};

template <>
struct KindTraits<SignNullTask> {
  static constexpr std::uint8_t kNumber = 9;
  static constexpr const char* kName = "sign-null";
  static constexpr std::uint32_t kVersion = 1;
  static constexpr int kOrder = 55;
  static constexpr bool kTimed = true;
  static constexpr bool kCut = false;
  static constexpr bool kCleanPasses = false;
};

}  // namespace coxswain::jobs
