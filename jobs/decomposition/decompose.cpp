#include "jobs/decomposition/decompose.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "jobs/decomposition/method.hpp"
#include "jobs/job_error.hpp"
#include "jobs/tensor_array.hpp"

namespace coxswain::jobs {
namespace {

// What was asked to be taken apart [n, d_in] float32: scale * v, or zero.
at::Tensor requested_vectors(const DecomposeTask& task,
                             const std::vector<storage::ArrayMap>& inputs,
                             std::int64_t d_in) {
  std::vector<at::Tensor> rows;
  for (const DecompositionRequest& request : task.requests) {
    if (request.input < 0) {
      rows.push_back(at::zeros({d_in}, at::kFloat));
      continue;
    }
    const at::Tensor vectors = to_tensor(
        storage::at(inputs.at(static_cast<std::size_t>(request.input)),
                    "vector", "vector task"));
    rows.push_back(vectors[request.input_layer].to(at::kFloat) * request.scale);
  }
  return at::stack(rows);
}

// Requests that share method and convention go through one product.
at::Tensor all_codes(const DecomposeTask& task, const SparseAutoencoder& sae,
                     const at::Tensor& vectors) {
  at::Tensor codes = at::zeros({vectors.size(0), sae.header.d_sae}, at::kFloat);
  std::map<std::tuple<std::string, bool>, std::vector<std::int64_t>> groups;
  for (std::size_t i = 0; i < task.requests.size(); ++i) {
    const DecompositionRequest& request = task.requests[i];
    groups[{request.method, request.b_dec_input}].push_back(
        static_cast<std::int64_t>(i));
  }
  for (const auto& [group, rows] : groups) {
    const auto& [name, b_dec_input] = group;
    const DecompositionMethod* method = method_named(name);
    if (method == nullptr) {
      throw JobError({"", "method", name, "a decomposition method", ""});
    }
    const at::Tensor index = at::tensor(rows, at::kLong);
    codes.index_copy_(
        0, index,
        method->codes(sae, vectors.index_select(0, index), b_dec_input));
  }
  return codes;
}

at::Tensor reconstruct(const DecomposeTask& task, const SparseAutoencoder& sae,
                       const at::Tensor& codes) {
  at::Tensor rebuilt = sae.decode(codes, false);
  for (std::size_t i = 0; i < task.requests.size(); ++i) {
    if (task.requests[i].b_dec_output) {
      rebuilt[static_cast<std::int64_t>(i)].add_(sae.b_dec);
    }
  }
  return rebuilt;
}

// NaN where a quotient has no meaning (the zero vector).
at::Tensor measure(const SparseAutoencoder& sae, const at::Tensor& vectors,
                   const at::Tensor& rebuilt) {
  const at::Tensor v = vectors.to(at::kDouble);
  const at::Tensor v_hat = rebuilt.to(at::kDouble);
  const at::Tensor residual = v - v_hat;
  const auto length = [](const at::Tensor& x) {
    return x.square().sum(-1).sqrt();
  };
  const auto cosine = [&](const at::Tensor& a, const at::Tensor& b) {
    return (a * b).sum(-1) / (length(a) * length(b));
  };
  const at::Tensor rows = sae.W_dec.to(at::kDouble);
  const at::Tensor units = rows / length(rows).unsqueeze(1);
  const at::Tensor on_encoder = at::mm(v, sae.W_enc.to(at::kDouble));
  const at::Tensor on_decoder = at::mm(v, units.t());
  at::Tensor measures =
      at::stack({length(v_hat), length(v_hat) / length(v), cosine(v_hat, v),
                 1 - residual.square().sum(-1) / v.square().sum(-1),
                 cosine(residual, v), on_encoder.lt(0).sum(-1).to(at::kDouble),
                 on_decoder.lt(0).sum(-1).to(at::kDouble)},
                1);
  return measures.masked_fill_(measures.isfinite().logical_not(),
                               std::numeric_limits<double>::quiet_NaN());
}

void add_sparse_codes(const at::Tensor& codes, storage::ArrayMap& result) {
  const at::Tensor places = codes.nonzero();  // [nnz, 2], row-major order
  const at::Tensor counts = codes.ne(0).sum(1);
  result["offsets"] =
      to_array(at::cat({at::zeros({1}, at::kLong), counts.cumsum(0)}));
  result["features"] = to_array(places.select(1, 1));
  result["values"] = to_array(codes.flatten().index_select(
      0, places.select(1, 0) * codes.size(1) + places.select(1, 1)));
}

// The strongest features by size, ties to the lower index, with the vector's
// projections on them.
void add_top(const DecomposeTask& task, const SparseAutoencoder& sae,
             const at::Tensor& vectors, const at::Tensor& codes,
             storage::ArrayMap& result) {
  const std::int64_t n = codes.size(0);
  const std::int64_t k = task.top;
  std::vector<std::int64_t> features(static_cast<std::size_t>(n * k), -1);
  std::vector<double> facts(static_cast<std::size_t>(n * k * 3), 0.0);
  const at::Tensor v = vectors.to(at::kDouble);
  for (std::int64_t i = 0; i < n; ++i) {
    const auto [sorted, order] =
        codes[i].abs().sort(/*stable=*/true, /*dim=*/0, /*descending=*/true);
    for (std::int64_t rank = 0; rank < std::min(k, codes.size(1)); ++rank) {
      const auto feature = order[rank].item<std::int64_t>();
      const double value = codes[i][feature].item<double>();
      if (value == 0) break;
      const at::Tensor row = sae.W_dec[feature].to(at::kDouble);
      const auto at_rank = static_cast<std::size_t>(i * k + rank);
      features[at_rank] = feature;
      facts[3 * at_rank] = value;
      facts[3 * at_rank + 1] =
          v[i].dot(sae.W_enc.select(1, feature).to(at::kDouble)).item<double>();
      facts[3 * at_rank + 2] = v[i].dot(row / row.norm()).item<double>();
    }
  }
  result["top_features"] =
      storage::make_array(std::span<const std::int64_t>(features), {n, k});
  result["top"] =
      storage::make_array(std::span<const double>(facts), {n, k, 3});
}

}  // namespace

TaskOutput decompose(const DecomposeTask& task,
                     const std::vector<storage::ArrayMap>& inputs,
                     const SparseAutoencoder& sae) {
  const at::Tensor vectors = requested_vectors(task, inputs, sae.header.d_in);
  const at::Tensor codes = all_codes(task, sae, vectors);
  const at::Tensor rebuilt = reconstruct(task, sae, codes);
  TaskOutput output;
  add_sparse_codes(codes, output.result);
  output.result["reconstructions"] = to_array(rebuilt);
  output.result["measures"] = to_array(measure(sae, vectors, rebuilt));
  add_top(task, sae, vectors, codes, output.result);
  return output;
}

}  // namespace coxswain::jobs
