#include "jobs/sae/features.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "jobs/device/fixed_sums.hpp"
#include "jobs/device/result_tensors.hpp"
#include "jobs/task/features_result.hpp"
#include "jobs/task/job_error.hpp"
#include "jobs/task/result_writer.hpp"

namespace coxswain::jobs {
namespace {

void check(const FeaturesTask& task, const SaeHeader& header) {
  for (const std::int32_t one : task.features) {
    if (one >= 0 && one < header.d_sae) continue;
    throw JobError({task.sae.path, "feature", std::to_string(one),
                    "less than " + std::to_string(header.d_sae), ""});
  }
}

// The formula of activate(), of one feature each.
std::vector<FeatureGate> gates_of(const SparseAutoencoder& sae,
                                  const at::Tensor& encoders,
                                  const at::Tensor& features,
                                  bool subtract_b_dec) {
  const auto some = [&](const at::Tensor& of_all) {
    return doubles_of(of_all.index_select(0, features));
  };
  std::vector<double> taken(static_cast<std::size_t>(features.numel()), 0.0);
  if (subtract_b_dec) {
    taken = doubles_of(row_sums(encoders.to(at::kDouble) *
                                sae.b_dec.to(at::kDouble).unsqueeze(0)));
  }
  std::vector<FeatureGate> gates(taken.size());
  if (sae.header.architecture == SaeArchitecture::gated) {
    const auto gate = some(sae.b_gate);
    const auto shift = some(sae.b_mag);
    const auto log_scale = some(sae.r_mag);
    for (std::size_t i = 0; i < gates.size(); ++i) {
      const double scale = std::exp(log_scale[i]);
      gates[i] = {gate[i] - taken[i], 0, scale, shift[i] - taken[i] * scale};
    }
    return gates;
  }
  const bool jumps = sae.header.architecture == SaeArchitecture::jump_relu;
  const auto bias = some(sae.b_enc);
  const auto threshold =
      jumps ? some(sae.threshold) : std::vector<double>(gates.size(), 0.0);
  for (std::size_t i = 0; i < gates.size(); ++i) {
    gates[i] = {bias[i] - taken[i], threshold[i], 1, bias[i] - taken[i]};
  }
  return gates;
}

}  // namespace

TaskOutput read_features(const FeaturesTask& task,
                         const SparseAutoencoder& sae) {
  check(task, sae.header);
  const std::vector<std::int64_t> numbers(task.features.begin(),
                                          task.features.end());
  TaskOutput output;
  put(output.result, features_result::kDecoder,
      sae.W_dec.row(numbers).to(at::kFloat));
  if (!why_not_alone(sae.header).empty()) return output;
  const at::Tensor encoders = sae.W_enc.column(numbers).t().contiguous();
  put(output.result, features_result::kEncoder, encoders.to(at::kFloat));
  put(output.result, features_result::kGates,
      gates_of(sae, encoders, at::tensor(numbers, at::kLong),
               task.subtract_b_dec),
      {std::ssize(numbers)});
  return output;
}

}  // namespace coxswain::jobs
