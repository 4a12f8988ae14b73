#pragma once

#include <cstdint>
#include <vector>

#include "jobs/task/enumerations.hpp"
#include "jobs/task/field.hpp"
#include "jobs/task/kind_traits.hpp"
#include "jobs/task/model_source.hpp"
#include "jobs/task/pair_cluster.hpp"
#include "storage/files/digest.hpp"

namespace coxswain::jobs {

// Whether it is made of the activations of every pair.
bool needs_pairs(VariantSource source);
// What stands in for the vector; none where it is rebuilt.
Control control_of(VariantSource source);

// One row of tables/variants.
struct VariantRequest {
  VariantSource source = VariantSource::original;
  std::int32_t vector_layer = 0;  // row of the vector task's arrays
  // Which input a rebuilt vector (a decompose task), another behaviour's (a
  // vector task) or a feature's (a features task) comes from, and the row of
  // its parts, vectors or features.
  std::int32_t input = -1;
  std::int32_t row = -1;
  NormRule norm_rule = NormRule::equal;
  SignRule sign_rule = SignRule::fixed;
  DoseRule dose_rule = DoseRule::raw;
  storage::Key random_key;  // of a random control, or see `resampled`
  std::int32_t token_a = -1, token_b = -1;  // of a planted vector
  // A reconstruction of the resampled vector of random_key: equal length is as
  // long as that one.
  bool resampled = false;
  std::int32_t n_clusters = 0;  // of a subset

  static auto fields(auto& self) {
    return std::tuple(
        keyed(self.source), keyed(self.vector_layer), keyed(self.input),
        keyed(self.row), keyed(self.norm_rule), keyed(self.sign_rule),
        keyed(self.dose_rule), keyed(self.random_key), keyed(self.token_a),
        keyed(self.token_b), keyed_if(self.resampled, self.resampled),
        keyed_if(self.n_clusters > 0, self.n_clusters));
  }
  bool operator==(const VariantRequest&) const = default;
};
// Whether it is made, or its length is, of the activations of every pair.
bool needs_pairs(const VariantRequest& request);

// The vectors that will be added, at multiplier 1. Inputs: the vector task, its
// extract tasks with their bulk, then those that the requests and behaviours
// name by number.
// Gives the arrays of variants_result.hpp.
struct VariantsTask {
  ModelSource model;  // read for planted vectors only
  std::int32_t n_extracts = 0;
  std::vector<VariantRequest> requests;
  std::vector<PairCluster> clusters;  // of each pair, for what is drawn by them
  std::vector<std::int32_t> behaviours;  // vector tasks, for behaviour_mean

  static auto fields(auto& self) {
    return std::tuple(keyed(self.model), keyed(self.n_extracts),
                      keyed(self.requests), keyed(self.clusters),
                      keyed(self.behaviours));
  }
  bool operator==(const VariantsTask&) const = default;
};

template <>
struct KindTraits<VariantsTask> {
  static constexpr std::uint8_t kNumber = 3;
  static constexpr const char* kName = "variants";
  static constexpr std::uint32_t kVersion = 3;
  static constexpr int kOrder = 60;
  static constexpr bool kTimed = true;
  static constexpr bool kCut = false;
  static constexpr bool kCleanPasses = false;
};

}  // namespace coxswain::jobs
