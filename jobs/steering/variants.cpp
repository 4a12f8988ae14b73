#include "jobs/steering/variants.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <map>

#include "jobs/device/fixed_sums.hpp"
#include "jobs/device/result_tensors.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/steering/controls.hpp"
#include "jobs/task/decompose_result.hpp"
#include "jobs/task/features_result.hpp"
#include "jobs/task/result_reader.hpp"
#include "jobs/task/result_writer.hpp"
#include "jobs/task/variants_result.hpp"
#include "jobs/task/vector_result.hpp"

namespace coxswain::jobs {
namespace {

constexpr const char* kVectorTask = "vector task";
constexpr const char* kFeaturesTask = "features task";

// What raises logit A and lowers logit B if added to the last block's output:
// the difference of their unembeddings through the final norm's gain.
at::Tensor planted_vector(const Transformer& model,
                          const VariantRequest& request) {
  const Weights& w = model.weights();
  return ((w.unembedding[request.token_a] - w.unembedding[request.token_b]) *
          w.final_norm.gain)
      .to(at::kCPU, at::kDouble);
}

// Makes the vectors of one variants task; activations are read when they are
// first asked for.
class VariantMaker {
 public:
  VariantMaker(const VariantsTask& task,
               const std::vector<storage::ArrayMap>& inputs,
               const std::function<const Transformer&()>& model)
      : task_(task),
        inputs_(inputs),
        model_(model),
        vectors_(tensor_of(inputs.at(0), vector_result::kVector, kVectorTask)) {
  }

  // What is added before the norm rule, [d_model] float64.
  at::Tensor raw(const VariantRequest& request) {
    switch (request.source) {
      case VariantSource::original:
        return original(request);
      case VariantSource::reconstruction:
      case VariantSource::zero_reconstruction:
        return row_of(request, decompose_result::kParts, "decompose task");
      case VariantSource::other:
        return row_of(request, vector_result::kVector, kVectorTask);
      case VariantSource::feature:
        return decoder_row(request);
      case VariantSource::planted:
        return planted_vector(model_(), request);
      case VariantSource::balanced:
        return of_letters(request, vector_result::kBalanced);
      case VariantSource::letter:
        return of_letters(request, vector_result::kLetter);
      default:
        return drawn(control_of(request.source), request);
    }
  }

  // Whether there is what it is made of: a method may have made no vector of
  // the pairs, whose length all have, or have failed on a vector.
  bool available(const VariantRequest& request) const {
    const bool alone = request.source == VariantSource::feature &&
                       request.norm_rule == NormRule::as_is &&
                       request.dose_rule == DoseRule::raw;
    if (alone) return true;
    if (inputs_[0].contains(vector_result::kAvailable.name) &&
        tensor_of(inputs_[0], vector_result::kAvailable,
                  kVectorTask)[request.vector_layer]
                .item<std::int64_t>() == 0) {
      return false;
    }
    if (request.source != VariantSource::reconstruction &&
        request.source != VariantSource::zero_reconstruction) {
      return true;
    }
    const auto& input = inputs_.at(static_cast<std::size_t>(request.input));
    return !input.contains(decompose_result::kPartsAvailable.name) ||
           tensor_of(input, decompose_result::kPartsAvailable,
                     "decompose task")[request.row]
                   .item<std::int64_t>() != 0;
  }

  at::Tensor original(const VariantRequest& request) const {
    assert(0 <= request.vector_layer &&
           request.vector_layer < vectors_.size(0));
    return vectors_[request.vector_layer];
  }

  // How long a request's vector is under NormRule::equal, where the original is
  // `length` long at multiplier 1.
  double equal_length(const VariantRequest& request, double length) {
    if (!request.resampled) return length;
    const double own = vector_norm(drawn(Control::resampled, request));
    if (request.dose_rule == DoseRule::raw) return own;
    const double original_norm = vector_norm(original(request));
    return original_norm > 0 ? own * (length / original_norm) : own;
  }

  // How long the original is at multiplier 1.
  double length(const VariantRequest& request) const {
    switch (request.dose_rule) {
      case DoseRule::raw:
        break;
      case DoseRule::residual_fraction:
        return tensor_of(inputs_[0], vector_result::kMedianNorm,
                         kVectorTask)[request.vector_layer]
            .item<double>();
      case DoseRule::behaviour_mean: {
        double sum = 0;
        for (const std::int32_t input : task_.behaviours) {
          sum += vector_norm(tensor_of(
              inputs_.at(static_cast<std::size_t>(input)),
              vector_result::kVector, kVectorTask)[request.vector_layer]);
        }
        return sum / static_cast<double>(task_.behaviours.size());
      }
    }
    return vector_norm(original(request));
  }

 private:
  // What random numbers of the request's key make.
  at::Tensor drawn(Control control, const VariantRequest& request) {
    return control_direction(
        control, request.random_key, vectors_.size(1),
        [&] { return pairs(request.vector_layer); }, task_.clusters,
        request.n_clusters);
  }

  // A layer's activations, read once however many seeds ask.
  const PairActivations& pairs(std::int32_t layer) {
    const auto found = pairs_.find(layer);
    if (found != pairs_.end()) return found->second;
    return pairs_
        .emplace(layer, pair_activations(
                            inputs_, 1,
                            static_cast<std::size_t>(task_.n_extracts), layer))
        .first->second;
  }

  at::Tensor of_letters(const VariantRequest& request,
                        NumbersOf<double> which) const {
    return tensor_of(inputs_[0], which, kVectorTask)[request.vector_layer];
  }

  template <class T>
  at::Tensor row_of(const VariantRequest& request, NumbersOf<T> which,
                    const char* where) const {
    return tensor_of(inputs_.at(static_cast<std::size_t>(request.input)), which,
                     where)[request.row]
        .to(at::kDouble);
  }

  // Of all features of its task, which are read once.
  at::Tensor decoder_row(const VariantRequest& request) {
    at::Tensor& rows = decoders_[request.input];
    if (!rows.defined()) {
      rows = tensor_of(inputs_.at(static_cast<std::size_t>(request.input)),
                       features_result::kDecoder, kFeaturesTask);
    }
    return rows[request.row].to(at::kDouble);
  }

  const VariantsTask& task_;
  const std::vector<storage::ArrayMap>& inputs_;
  std::map<std::int32_t, at::Tensor> decoders_;  // by input
  const std::function<const Transformer&()>& model_;
  at::Tensor vectors_;                             // [n_layers, d_model] f64
  std::map<std::int32_t, PairActivations> pairs_;  // by layer
};

// How features are read, beside their vectors: of tasks whose requests are all
// of one features task.
void put_readers(const VariantsTask& task,
                 const std::vector<storage::ArrayMap>& inputs,
                 storage::ArrayMap& result) {
  std::vector<std::int64_t> rows;
  for (const VariantRequest& request : task.requests) {
    if (request.source != VariantSource::feature) return;
    assert(request.input == task.requests.front().input);
    rows.push_back(request.row);
  }
  if (rows.empty()) return;
  const auto& from =
      inputs.at(static_cast<std::size_t>(task.requests.front().input));
  if (!from.contains(features_result::kGates.name)) return;
  const auto all = read_rows(from, features_result::kGates, kFeaturesTask);
  std::vector<FeatureGate> gates;
  for (const std::int64_t row : rows) {
    gates.push_back(all.at(static_cast<std::size_t>(row)));
  }
  put(result, variants_result::kEncoders,
      tensor_of(from, features_result::kEncoder, kFeaturesTask)
          .index_select(0, at::tensor(rows, at::kLong)));
  put(result, variants_result::kGates, gates, {std::ssize(gates)});
}

}  // namespace

TaskOutput make_variants(const VariantsTask& task,
                         const std::vector<storage::ArrayMap>& inputs,
                         const std::function<const Transformer&()>& model) {
  VariantMaker maker(task, inputs, model);
  std::vector<at::Tensor> vectors;
  std::vector<double> norms, cosines;
  std::vector<std::int64_t> available;
  for (const VariantRequest& request : task.requests) {
    available.push_back(maker.available(request) ? 1 : 0);
    const at::Tensor original = maker.original(request);
    const double own = vector_norm(original);
    const double length = maker.length(request);
    at::Tensor vector = maker.raw(request);
    if (request.norm_rule == NormRule::equal &&
        request.source != VariantSource::original) {
      vector = with_norm(vector, maker.equal_length(request, length));
    } else if (request.dose_rule != DoseRule::raw && own > 0) {
      vector = vector * (length / own);
    }
    norms.push_back(vector_norm(vector));
    // NaN where either has no length.
    cosines.push_back(vector_dot(vector, original) / (norms.back() * own));
    // Rounded last of all: lengths and cosines are those of float64.
    vectors.push_back(vector.to(at::kFloat));
  }
  const auto n = static_cast<std::int64_t>(norms.size());
  TaskOutput output;
  put(output.result, variants_result::kVectors, at::stack(vectors));
  put(output.result, variants_result::kNorm, norms, {n});
  put(output.result, variants_result::kCosine, cosines, {n});
  if (std::ranges::count(available, 0) > 0) {
    put(output.result, variants_result::kAvailable, available, {n});
  }
  put_readers(task, inputs, output.result);
  return output;
}

}  // namespace coxswain::jobs
