#include "tests/reference/whole_path.hpp"

#include <algorithm>
#include <limits>

#include "jobs/device/tensor_array.hpp"
#include "jobs/observation/reference_text.hpp"
#include "jobs/steering/steering_vector.hpp"
#include "tests/reference/reference.hpp"

namespace coxswain::tests {

at::Tensor tensor(const storage::ArrayMap& arrays, const std::string& name) {
  return jobs::to_tensor(storage::at(arrays, name, "reference"));
}

double worst(const at::Tensor& ours, const at::Tensor& theirs) {
  if (ours.sizes() != theirs.sizes()) {
    return std::numeric_limits<double>::infinity();
  }
  return (ours.to(at::kDouble) - theirs.to(at::kDouble))
      .abs()
      .max()
      .item<double>();
}

double worst_by_norm(const at::Tensor& ours, const at::Tensor& theirs) {
  if (ours.sizes() != theirs.sizes()) {
    return std::numeric_limits<double>::infinity();
  }
  const at::Tensor b = theirs.to(at::kDouble);
  return ((ours.to(at::kDouble) - b).norm(2, {-1}) / b.norm(2, {-1}))
      .max()
      .item<double>();
}

std::vector<jobs::ContrastTokens> tokens_of(
    const std::vector<jobs::BehaviourItem>& items, std::size_t first,
    std::size_t n) {
  std::vector<jobs::ContrastTokens> out;
  for (std::size_t i = first; i < std::min(first + n, items.size()); ++i) {
    out.push_back(items[i].tokens);
  }
  return out;
}

Extracted extract_all(const jobs::Transformer& model,
                      const std::vector<jobs::BehaviourItem>& train,
                      const std::vector<std::int32_t>& layers) {
  std::vector<storage::ArrayMap> parts;
  std::vector<at::Tensor> kept;
  for (std::size_t first = 0; first < train.size(); first += 16) {
    jobs::ExtractTask task;
    task.pairs = tokens_of(train, first, 16);
    task.layers = layers;
    task.keep_activations = first < 64;
    jobs::TaskOutput output = jobs::extract(task, model);
    if (first < 64) kept.push_back(tensor(output.bulk, "activations"));
    parts.push_back(std::move(output.result));
  }
  return {
      jobs::merge_vectors(jobs::VectorTask{std::ssize(layers)}, parts).result,
      at::cat(kept, 1)};
}

std::vector<analysis::Steerability> steerability_of(
    const std::vector<jobs::BehaviourItem>& items, std::size_t n_variants,
    const std::vector<double>& multipliers, const at::Tensor& match,
    const at::Tensor& other) {
  storage::Results results;
  results.vectors.resize(1);
  for (std::size_t i = 0; i < items.size(); ++i) {
    storage::ItemRow item;
    item.matching_letter = {items[i].matching_letter};
    item.cluster = static_cast<std::int32_t>(i);
    results.items.push_back(item);
  }
  const auto match_at = match.accessor<float, 3>();
  const auto other_at = other.accessor<float, 3>();
  for (std::int64_t v = 0; v < static_cast<std::int64_t>(n_variants); ++v) {
    results.variants.emplace_back().vector = 0;
    for (std::int64_t i = 0; i < std::ssize(items); ++i) {
      for (std::int64_t m = 0; m < std::ssize(multipliers); ++m) {
        storage::PropensityRow row;
        row.item = static_cast<std::int32_t>(i);
        row.variant = static_cast<std::int32_t>(v);
        row.multiplier = multipliers[static_cast<std::size_t>(m)];
        row.logit_match = match_at[i][v][m];
        row.logit_other = other_at[i][v][m];
        results.propensity.push_back(row);
      }
    }
  }
  return analysis::steerability(results);
}

std::optional<ReferenceText> reference_text() {
  const std::string text =
      COXSWAIN_SOURCE_DIR "/examples/paper_small/data/reference-text.jsonl";
  const auto path = find_model(kSmolLm2);
  if (!path) {
    skip(text, "its GGUF file is not here");
    return std::nullopt;
  }
  return ReferenceText{
      jobs::load_model({*path, "", jobs::ComputeType::float32}),
      jobs::reference_tokens(text, {20'000, 256, jobs::LongTexts::cut},
                             jobs::read_model_header(*path))};
}

}  // namespace coxswain::tests
