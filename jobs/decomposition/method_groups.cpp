#include "jobs/decomposition/method_groups.hpp"

#include <ATen/ATen.h>

#include <cassert>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "jobs/device/tensor_array.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

double value(const at::Tensor& one) {
  return one.to(at::kDouble).item<double>();
}

// What a method made of some vectors, or why it failed on them.
struct Attempt {
  std::optional<MethodCodes> made;
  std::string failure;
};

// Numbers and inputs alone are the method's own failure: memory, devices and
// files fail whoever asks.
Attempt attempt(const std::function<MethodCodes()>& compute) {
  constexpr const char* kRemedy = "leave the method out for this SAE";
  try {
    MethodCodes made = compute();
    require_finite(made.codes, "coefficients", kRemedy);
    for (const at::Tensor& units : {made.scale, made.shift}) {
      if (units.defined()) {
        require_finite(units, "the input's own units", kRemedy);
      }
    }
    return {std::move(made), {}};
  } catch (const JobError& error) {
    return {std::nullopt, error.what()};
  } catch (const c10::LinAlgError& error) {
    return {std::nullopt, error.what_without_backtrace()};
  }
}

// Appends them as the codes of these requests.
void place(const MethodCodes& made, std::span<const std::int64_t> requests,
           PlacedCodes& all) {
  assert(made.codes.size(0) == std::ssize(requests));
  for (std::size_t i = 0; i < requests.size(); ++i) {
    CodePlace& place = all.places[static_cast<std::size_t>(requests[i])];
    const auto row = static_cast<std::int64_t>(i);
    place.row = all.codes.rows() + row;
    if (made.scale.defined()) place.scale = value(made.scale[row]);
    if (made.shift.defined()) place.shift = value(made.shift[row]);
    if (!made.turned.empty()) place.turned = made.turned[i];
  }
  all.codes.append(made.codes);
}

}  // namespace

MethodGroups::MethodGroups(const DecomposeTask& task, const at::Tensor& vectors,
                           const PairsOf& pairs, const MethodContext& context)
    : context_(context), n_requests_(task.requests.size()) {
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
      group.input.draws.push_back(
          {request.draw, request.key, request.features});
    }
    // Scaled in float64 and rounded once to the SAE's kind.
    group.input.vectors = at::stack(rows).to(kind);
    groups_.push_back(std::move(group));
  }
  // Only now do the inputs stay where they are.
  for (Group& group : groups_) {
    const std::string& name =
        task.requests[static_cast<std::size_t>(group.requests[0])].method;
    group.method = &method_named(name);
    group.finish = group.method->begin(context_, group.input);
  }
}

// One vector of a group, with a pass of its own.
MethodCodes MethodGroups::alone(const Group& group, std::int64_t vector) const {
  EncoderPass pass(context_.sae);
  const MethodContext context{context_.sae, context_.atoms, pass};
  MethodInput input = group.input;
  input.vectors = group.input.vectors.narrow(0, vector, 1);
  input.draws = {group.input.draws[static_cast<std::size_t>(vector)]};
  const auto finish = group.method->begin(context, input);
  pass.run();
  return finish();
}

PlacedCodes MethodGroups::finish() const {
  PlacedCodes all;
  all.places.resize(n_requests_);
  all.failures.resize(n_requests_);
  for (const Group& group : groups_) {
    const Attempt together = attempt(group.finish);
    if (together.made) {
      place(*together.made, group.requests, all);
      continue;
    }
    for (std::size_t i = 0; i < group.requests.size(); ++i) {
      const auto vector = static_cast<std::int64_t>(i);
      const Attempt one = group.requests.size() == 1
                              ? together
                              : attempt([&] { return alone(group, vector); });
      const auto request = static_cast<std::size_t>(group.requests[i]);
      if (one.made) {
        place(*one.made, std::span(&group.requests[i], 1), all);
      } else {
        all.failures[request] = one.failure;
        all.places[request].row = all.codes.rows();
        all.codes.offsets.push_back(all.codes.offsets.back());
      }
    }
  }
  return all;
}

}  // namespace coxswain::jobs
