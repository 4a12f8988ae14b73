#pragma once

#include <cstdint>
#include <string>

#include "jobs/task/field.hpp"

namespace coxswain::jobs {

// What models compute in; bfloat16 keeps the residual stream, norms and softmax
// in float32. Numbers are part of task keys: never renumber.
enum class ComputeType : std::uint8_t { float32, float64, bfloat16 };

// Which model a task runs, and what it computes in.
struct ModelSource {
  std::string path;
  std::string digest;  // SHA-256 of the file
  ComputeType compute = ComputeType::float32;

  static auto fields(auto& self) {
    return std::tuple(unkeyed(self.path), keyed(self.digest),
                      keyed(self.compute));
  }
  bool operator==(const ModelSource&) const = default;
};

}  // namespace coxswain::jobs
