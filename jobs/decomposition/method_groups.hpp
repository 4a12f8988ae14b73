#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "jobs/decomposition/method.hpp"
#include "jobs/decomposition/sparse_codes.hpp"
#include "jobs/steering/pair_activations.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// The activations that vector task `input` was made of.
using PairsOf = std::function<const PairActivations&(std::int32_t input)>;

// Where a request's codes are, and how what they add up to comes back to the
// vector's own units.
struct CodePlace {
  std::int64_t row = 0;
  double scale = 1, shift = 0;
  std::optional<storage::Key> turned;  // by this Rotation, and comes back
};

// Codes of all requests of a task, group after group.
struct PlacedCodes {
  SparseCodes codes;
  std::vector<CodePlace> places;  // by request
  // By request: why its method failed on its vector, which has no codes then;
  // mostly empty.
  std::vector<std::string> failures;
};

// The requests of a task, those together that share method and rules.
class MethodGroups {
 public:
  // Asks the context's pass for what the methods need. `vectors` [n, d_in]
  // float64 are those of the task; the context must outlive this.
  MethodGroups(const DecomposeTask& task, const at::Tensor& vectors,
               const PairsOf& pairs, const MethodContext& context);
  MethodGroups(const MethodGroups&) = delete;
  MethodGroups& operator=(const MethodGroups&) = delete;

  // When the pass has run. A method that fails on a vector costs no more than
  // that: its group is then computed vector by vector.
  PlacedCodes finish() const;

 private:
  // Requests that one call of a method answers, and that call.
  struct Group {
    std::vector<std::int64_t> requests;
    const DecompositionMethod* method = nullptr;
    MethodInput input;
    std::function<MethodCodes()> finish;
  };
  MethodCodes alone(const Group& group, std::int64_t vector) const;

  MethodContext context_;
  std::vector<Group> groups_;
  std::size_t n_requests_;
};

}  // namespace coxswain::jobs
