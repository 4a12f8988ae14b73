#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "jobs/task/contrast_tokens.hpp"
#include "jobs/task/enumerations.hpp"
#include "jobs/task/field.hpp"
#include "jobs/task/kind_traits.hpp"
#include "jobs/task/model_source.hpp"

namespace coxswain::jobs {

// A vector that acts beside a variant's own, on a higher layer.
struct FurtherVector {
  std::int32_t row = 0;  // of the same result's vectors
  std::int32_t layer = 0;

  static auto fields(auto& self) {
    return std::tuple(keyed(self.row), keyed(self.layer));
  }
  bool operator==(const FurtherVector&) const = default;
};

// A variant that items are steered with.
struct SteeredVariant {
  std::int32_t input = 0;  // which variants task's result it is in
  std::int32_t row = 0;    // of that one's vectors
  std::int32_t layer = 0;
  SignRule sign_rule = SignRule::fixed;
  // Ascending by layer; empty where one vector acts alone.
  std::vector<FurtherVector> further = {};
  // What a feature is clamped to at multiplier 1; of another operation it is of
  // no meaning, and 0.
  double clamped_to = 0;

  static auto fields(auto& self) {
    return std::tuple(keyed(self.input), keyed(self.row), keyed(self.layer),
                      keyed(self.sign_rule),
                      keyed_if(!self.further.empty(), self.further),
                      keyed_if(self.clamped_to != 0, self.clamped_to));
  }
  bool operator==(const SteeredVariant&) const = default;
};

// The rows of its variants task's vectors that act, its own first.
inline std::vector<std::int32_t> rows_of(const SteeredVariant& variant) {
  std::vector<std::int32_t> rows{variant.row};
  for (const FurtherVector& one : variant.further) rows.push_back(one.row);
  return rows;
}

// Every item under every (variant, multiplier). Inputs: variants tasks.
// Gives the arrays of evaluate_result.hpp.
struct EvaluateTask {
  ModelSource model;
  std::vector<ContrastTokens> items;
  std::vector<SteeredVariant> variants;
  std::vector<double> multipliers;
  bool letter_mass = true;  // the share of the letters is of interest, too
  // What each variant's vector does to the stream; empty: all are added. Behind
  // all else, so that tasks that only add are known by the keys they had before
  // there was anything else.
  std::vector<Operation> operations = {};

  static auto fields(auto& self) {
    return std::tuple(keyed(self.model), keyed(self.items),
                      keyed(self.variants), keyed(self.multipliers),
                      keyed(self.letter_mass),
                      keyed_if(!self.operations.empty(), self.operations));
  }
  bool operator==(const EvaluateTask&) const = default;
};

// Of a variant, by its number in the task.
inline Operation operation_of(const EvaluateTask& task, std::size_t variant) {
  assert(variant < task.variants.size());
  assert(task.operations.empty() ||
         task.operations.size() == task.variants.size());
  return task.operations.empty() ? Operation::add : task.operations[variant];
}

template <>
struct KindTraits<EvaluateTask> {
  static constexpr std::uint8_t kNumber = 4;
  static constexpr const char* kName = "evaluate";
  static constexpr std::uint32_t kVersion = 3;
  static constexpr int kOrder = 70;
  static constexpr bool kTimed = true;
  static constexpr bool kCut = true;
  static constexpr bool kCleanPasses = false;
};

}  // namespace coxswain::jobs
