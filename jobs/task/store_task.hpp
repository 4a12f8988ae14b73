#pragma once

#include <cstdint>
#include <vector>

#include "jobs/task/field.hpp"
#include "jobs/task/kind_traits.hpp"
#include "jobs/task/model_source.hpp"
#include "jobs/task/pair_strings.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::jobs {

// Residual stream at the tokens from keep_from on, to be stored. Rows are pair
// after pair: what is kept of `shared`, once, then x+'s rest, then x-'s.
// Gives the arrays of store_result.hpp.
struct StoreTask {
  ModelSource model;
  std::vector<PairStrings> pairs;
  std::vector<std::int32_t> layers;
  storage::DType dtype = storage::DType::f32;  // or bf16

  static auto fields(auto& self) {
    return std::tuple(keyed(self.model), keyed(self.pairs), keyed(self.layers),
                      keyed(self.dtype));
  }
  bool operator==(const StoreTask&) const = default;
};

template <>
struct KindTraits<StoreTask> {
  static constexpr std::uint8_t kNumber = 6;
  static constexpr const char* kName = "store";
  static constexpr std::uint32_t kVersion = 2;
  static constexpr int kOrder = 90;
  static constexpr bool kTimed = false;
  static constexpr bool kCut = true;
  static constexpr bool kCleanPasses = true;
};

}  // namespace coxswain::jobs
