#include "jobs/decomposition/method_groups.hpp"

#include <ATen/ATen.h>

#include <cassert>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace coxswain::jobs {
namespace {

double value(const at::Tensor& one) {
  return one.to(at::kDouble).item<double>();
}

}  // namespace

MethodGroups::MethodGroups(const DecomposeTask& task, const at::Tensor& vectors,
                           const PairsOf& pairs, const MethodContext& context)
    : n_requests_(task.requests.size()) {
  assert(vectors.dim() == 2 && vectors.size(0) == std::ssize(task.vectors));
  std::map<std::tuple<std::string, double, bool, std::int32_t>, Group> groups;
  for (std::size_t i = 0; i < task.requests.size(); ++i) {
    const DecompositionRequest& request = task.requests[i];
    const std::int32_t input =
        task.vectors.at(static_cast<std::size_t>(request.vector)).input;
    const bool by_input = method_named(request.method).traits.activations;
    // A method that reads activations can only share a call with vectors of the
    // same behaviour.
    groups[{request.method, request.parameter, request.b_dec_input,
            by_input ? input : -1}]
        .requests.push_back(static_cast<std::int64_t>(i));
  }
  const at::ScalarType kind = context.sae.b_dec.scalar_type();
  for (auto& [key, group] : groups) {
    const auto& [name, parameter, b_dec_input, input] = key;
    group.input.parameter = parameter;
    group.input.b_dec_input = b_dec_input;
    if (input >= 0) {
      group.input.positive = pairs(input).positive;
      group.input.negative = pairs(input).negative;
    }
    std::vector<at::Tensor> rows;
    for (const std::int64_t i : group.requests) {
      const DecompositionRequest& request =
          task.requests[static_cast<std::size_t>(i)];
      rows.push_back(vectors[request.vector] * request.scale);
    }
    // Scaled in float64 and rounded once to the SAE's kind.
    group.input.vectors = at::stack(rows).to(kind);
    groups_.push_back(std::move(group));
  }
  // Only now do the inputs stay where they are.
  for (Group& group : groups_) {
    const std::string& name =
        task.requests[static_cast<std::size_t>(group.requests[0])].method;
    group.finish = method_named(name).begin(context, group.input);
  }
}

PlacedCodes MethodGroups::finish() const {
  PlacedCodes all;
  all.places.resize(n_requests_);
  for (const Group& group : groups_) {
    const MethodCodes made = group.finish();
    assert(made.codes.size(0) == std::ssize(group.requests));
    for (std::size_t i = 0; i < group.requests.size(); ++i) {
      CodePlace& place =
          all.places[static_cast<std::size_t>(group.requests[i])];
      const auto row = static_cast<std::int64_t>(i);
      place.row = all.codes.rows() + row;
      if (made.scale.defined()) place.scale = value(made.scale[row]);
      if (made.shift.defined()) place.shift = value(made.shift[row]);
    }
    all.codes.append(made.codes);
  }
  return all;
}

}  // namespace coxswain::jobs
