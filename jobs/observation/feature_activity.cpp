#include "jobs/observation/feature_activity.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "jobs/decomposition/encoder_pass.hpp"
#include "jobs/observation/observe.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/pair_activations.hpp"
#include "jobs/tensor_array.hpp"

namespace coxswain::jobs {
namespace {

// Sums over the activations of two groups.
class Activity {
 public:
  explicit Activity(const SparseAutoencoder& sae)
      : sae_(sae), rows_(std::min(kActivityRows, rows_a_reading(width()))) {
    tokens_ = at::zeros({2}, at::kLong);
    active_ = at::zeros({2, width()}, at::kLong);
    for (at::Tensor* sum : {&code_sum_, &code_most_, &sum_, &squares_}) {
      *sum = at::zeros({2, width()}, at::kDouble);
    }
  }

  // x [n, d_in]
  void add(std::int64_t group, const at::Tensor& x) {
    for (std::int64_t first = 0; first < x.size(0); first += rows_) {
      add_some(group, x.narrow(0, first, std::min(rows_, x.size(0) - first)));
    }
  }

  TaskOutput output() const {
    TaskOutput output;
    output.result["tokens"] = to_array(tokens_);
    output.result["active"] = to_array(active_);
    output.result["code_sum"] = to_array(code_sum_);
    output.result["code_most"] = to_array(code_most_);
    output.result["projection_sum"] = to_array(sum_);
    output.result["projection_squares"] = to_array(squares_);
    return output;
  }

 private:
  std::int64_t width() const { return sae_.header.d_sae; }

  void add_some(std::int64_t group, const at::Tensor& x) {
    EncoderPass pass(sae_);
    const auto encoded = pass.encode(x, sae_.header.b_dec_input);
    const auto projected = pass.project(x);
    pass.run();
    const at::Tensor& codes = pass.result(encoded);
    const at::Tensor projections = pass.result(projected).to(at::kDouble);
    require_finite(codes, "codes of activations");
    tokens_.select(0, group).add_(x.size(0));
    active_.select(0, group).add_(codes.ne(0).sum(0));
    code_sum_.select(0, group).add_(codes.sum(0, false, at::kDouble));
    at::Tensor most = code_most_.select(0, group);
    most.copy_(at::maximum(most, codes.amax(0).to(at::kDouble)));
    sum_.select(0, group).add_(projections.sum(0));
    squares_.select(0, group).add_(projections.square().sum(0));
  }

  const SparseAutoencoder& sae_;
  std::int64_t rows_;
  at::Tensor tokens_, active_, code_sum_, code_most_, sum_, squares_;
};

// Index of the first token of each text among all of them, and of the others.
std::pair<at::Tensor, at::Tensor> halves(
    const std::vector<ContrastTokens>& texts) {
  std::vector<std::int64_t> firsts, others;
  std::int64_t row = 0;
  for (const ContrastTokens& text : texts) {
    firsts.push_back(row++);
    for (std::size_t i = 1; i < text.shared.size(); ++i) {
      others.push_back(row++);
    }
  }
  return {at::tensor(firsts, at::kLong), at::tensor(others, at::kLong)};
}

void add_texts(const ActivityTask& task, const Transformer& model,
               Activity& activity) {
  for_each_pass(task.texts, [&](const std::vector<ContrastTokens>& texts) {
    const PackedPrompts prompts(texts, PackedPrompts::Siblings::none);
    const at::Tensor rows =
        prompts.rows_from(std::vector<std::int64_t>(texts.size(), 0));
    const at::Tensor residual =
        clean_pass(model, prompts, task.layer, rows, [](const BlockState&) {
        }).to(at::kFloat);
    const auto [firsts, others] = halves(texts);
    activity.add(0, residual.index_select(0, firsts));
    activity.add(1, residual.index_select(0, others));
  });
}

}  // namespace

TaskOutput feature_activity(const ActivityTask& task,
                            const std::vector<storage::ArrayMap>& inputs,
                            const SparseAutoencoder& sae,
                            const std::function<const Transformer&()>& model) {
  Activity activity(sae);
  if (task.texts.empty()) {
    const PairActivations pairs =
        pair_activations(inputs, 0, inputs.size(), task.layer);
    activity.add(0, pairs.positive);
    activity.add(1, pairs.negative);
  } else {
    add_texts(task, model(), activity);
  }
  return activity.output();
}

}  // namespace coxswain::jobs
