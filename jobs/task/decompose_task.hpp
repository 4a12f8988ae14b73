#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "jobs/task/enumerations.hpp"
#include "jobs/task/field.hpp"
#include "jobs/task/kind_traits.hpp"
#include "jobs/task/pair_cluster.hpp"
#include "jobs/task/sae_source.hpp"
#include "storage/files/digest.hpp"

namespace coxswain::jobs {

// A vector of some behaviour, or its stand-in, of the vector's length; but a
// resampled vector is as long as it is.
struct VectorRequest {
  Control control = Control::none;
  std::int32_t input = -1;  // which vector task's result; -1: the zero vector
  std::int32_t other = -1;  // which input's vector, for Control::other
  storage::Key key;         // of its random numbers

  static auto fields(auto& self) {
    return std::tuple(keyed(self.control), keyed(self.input), keyed(self.other),
                      keyed(self.key));
  }
  bool operator==(const VectorRequest&) const = default;
};

// One row of tables/decompositions.
struct DecompositionRequest {
  std::int32_t vector = 0;  // of DecomposeTask::vectors
  std::string method;
  double parameter = 0;  // of the method, 0 without one
  double scale = 1;
  bool b_dec_input = false;
  bool b_dec_output = false;
  // Of a method that makes several: which one, and its random numbers.
  std::int32_t draw = -1;
  storage::Key key = {};
  std::vector<std::int64_t> features = {};  // of a support that the user names

  static auto fields(auto& self) {
    return std::tuple(keyed(self.vector), keyed(self.method),
                      keyed(self.parameter), keyed(self.scale),
                      keyed(self.b_dec_input), keyed(self.b_dec_output),
                      keyed_if(self.draw >= 0, self.draw),
                      keyed_if(self.key != storage::Key{}, self.key),
                      keyed_if(!self.features.empty(), self.features));
  }
  bool operator==(const DecompositionRequest&) const = default;
};

// A part of a decomposition, put together again to be steered with.
struct PartRequest {
  std::int32_t request = 0;  // of DecomposeTask::requests
  Part part = Part::all;
  std::int32_t k = -1;

  static auto fields(auto& self) {
    return std::tuple(keyed(self.request), keyed(self.part), keyed(self.k));
  }
  bool operator==(const PartRequest&) const = default;
};

// Takes vectors of one layer apart with one SAE. Inputs: the vector tasks, then
// each one's extract tasks with their bulk, in order, then vector tasks whose
// vectors stand in. The first of `vectors` are the first vector tasks' own. A
// sweep has one for the vectors of each behaviour, and one for the zero vector,
// which has no input.
// Gives the arrays of decompose_result.hpp.
struct DecomposeTask {
  SaeSource sae;
  std::int32_t layer = 0;                // row of the inputs' arrays
  std::vector<std::int32_t> n_extracts;  // of each vector task
  std::vector<VectorRequest> vectors;
  std::vector<DecompositionRequest> requests;
  std::vector<PartRequest> parts;
  std::int32_t top = 5;
  std::int32_t n_differences = 100;
  std::int32_t planted_atoms = 8;  // of Control::sparse
  // Of each vector task's pairs; empty where no vector is drawn by them.
  std::vector<std::vector<PairCluster>> clusters;
  std::string behaviour;  // in messages

  static auto fields(auto& self) {
    return std::tuple(keyed(self.sae), keyed(self.layer),
                      keyed(self.n_extracts), keyed(self.vectors),
                      keyed(self.requests), keyed(self.parts), keyed(self.top),
                      keyed(self.n_differences), keyed(self.planted_atoms),
                      keyed_if(!self.clusters.empty(), self.clusters),
                      unkeyed(self.behaviour));
  }
  bool operator==(const DecomposeTask&) const = default;
};

template <>
struct KindTraits<DecomposeTask> {
  static constexpr std::uint8_t kNumber = 2;
  static constexpr const char* kName = "decompose";
  static constexpr std::uint32_t kVersion = 5;
  static constexpr int kOrder = 50;
  static constexpr bool kTimed = true;
  static constexpr bool kCut = true;
  static constexpr bool kCleanPasses = false;
};

}  // namespace coxswain::jobs
