#include "runner/bill/sample_inputs.hpp"

#include <algorithm>
#include <cassert>

#include "jobs/task/feature_gate.hpp"
#include "jobs/task/vector_result.hpp"
#include "runner/bill/task_width.hpp"

namespace coxswain::runner {
namespace {

using storage::Array;
using storage::ArrayMap;
using storage::DType;

Array zeros(std::vector<std::int64_t> shape, DType dtype = DType::f32) {
  Array array{dtype, std::move(shape), ""};
  array.bytes.assign(
      static_cast<std::size_t>(array.count()) * storage::size_of(dtype), '\0');
  return array;
}

// Of features that are never read.
Array gates(std::int64_t n) {
  return zeros({n, sizeof(jobs::FeatureGate) / sizeof(double)}, DType::f64);
}

// [n_layers, pairs, 2, d] of [n_layers, m, 2, d], over and over.
Array repeated(const Array& of, std::int64_t pairs) {
  assert(of.shape.size() == 4 && of.shape[0] > 0 && of.shape[1] > 0);
  Array array{of.dtype, of.shape, ""};
  array.shape[1] = pairs;
  const std::size_t layers = static_cast<std::size_t>(of.shape[0]);
  const std::size_t layer = of.bytes.size() / layers;
  const std::size_t pair = layer / static_cast<std::size_t>(of.shape[1]);
  for (std::size_t l = 0; l < layers; ++l) {
    for (std::int64_t i = 0; i < pairs; ++i) {
      const auto from = static_cast<std::size_t>(i % of.shape[1]) * pair;
      array.bytes.append(of.bytes, l * layer + from, pair);
    }
  }
  return array;
}

}  // namespace

const jobs::TaskOutput& SampleInputs::activations() const {
  const auto extracted = learned_.find(jobs::kKindOf<jobs::ExtractTask>);
  return extracted != learned_.end()
             ? extracted->second
             : learned_.at(jobs::kKindOf<jobs::ImportTask>);
}

ArrayMap SampleInputs::activations_of(std::int64_t pairs) const {
  return {{"activations",
           repeated(storage::at(activations().bulk, "activations", "extract"),
                    pairs)}};
}

// Those of the vector task that takes all of them.
std::int64_t SampleInputs::imported_pairs(std::size_t task) const {
  const auto vector =
      std::ranges::find_if(plan_.tasks, [&](const PlannedTask& one) {
        return std::holds_alternative<jobs::VectorTask>(one.task) &&
               std::ranges::count(one.inputs, TaskIndex(task)) > 0;
      });
  assert(vector != plan_.tasks.end());
  return vector->pairs;
}

ArrayMap SampleInputs::made_by(std::size_t task, InputBulk bulk) const {
  const jobs::Task& made = plan_.tasks[task].task;
  if (const auto* one = std::get_if<jobs::ExtractTask>(&made)) {
    if (bulk == InputBulk::unwanted || !one->keep_activations) {
      return activations().result;
    }
    return activations_of(std::ssize(one->pairs));
  }
  if (std::holds_alternative<jobs::ImportTask>(made)) {
    return bulk == InputBulk::unwanted ? activations().result
                                       : activations_of(imported_pairs(task));
  }
  const std::int64_t d_model = width_of_task(plan_, task);
  if (const auto* one = std::get_if<jobs::DecomposeTask>(&made)) {
    return {{"parts", zeros({std::ssize(one->parts), d_model})}};
  }
  if (const auto* one = std::get_if<jobs::FeaturesTask>(&made)) {
    const std::int64_t n = std::ssize(one->features);
    return {{"decoder", zeros({n, d_model})},
            {"encoder", zeros({n, d_model})},
            {"gates", gates(n)}};
  }
  if (const auto* one = std::get_if<jobs::VariantsTask>(&made)) {
    const std::int64_t n = std::ssize(one->requests);
    ArrayMap variants{{"vectors", zeros({n, d_model})}};
    if (n > 0 && one->requests.front().source == jobs::VariantSource::feature) {
      variants["encoders"] = zeros({n, d_model});
      variants["gates"] = gates(n);
    }
    return variants;
  }
  ArrayMap vectors = learned_.at(jobs::kKindOf<jobs::VectorTask>).result;
  // Any will do in the place of one that its method did not make of samples.
  if (vectors.erase(jobs::vector_result::kAvailable.name) > 0) {
    vectors[jobs::vector_result::kVector.name] =
        vectors.at(jobs::vector_result::kPositiveMean.name);
  }
  return vectors;
}

std::vector<ArrayMap> SampleInputs::of(std::size_t task) const {
  assert(task < plan_.tasks.size());
  std::vector<ArrayMap> inputs;
  for (const TaskIndex input : plan_.tasks[task].inputs) {
    inputs.push_back(made_by(input.number(), plan_.tasks[task].input_bulk));
  }
  return inputs;
}

}  // namespace coxswain::runner
