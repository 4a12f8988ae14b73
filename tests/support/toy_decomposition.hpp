#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "jobs/decomposition/decompose.hpp"
#include "jobs/device/tensor_array.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sae.hpp"

namespace coxswain::tests {

// Two behaviours with two pairs each, at two layers.
struct ToyDecomposition {
  ToyDecomposition() {
    write_toy_sae(scratch.file("sae"), 8, 16);
    sae = jobs::load_sae(scratch.file("sae"));
    at::manual_seed(2);
    for (int b = 0; b < 2; ++b) {
      activations.push_back(at::randn({2, 6, 2, 8}, at::kFloat) * 3);
      vectors.push_back(
          (activations.back().select(2, 0) - activations.back().select(2, 1))
              .to(at::kDouble)
              .mean(1));
      inputs.push_back({{"vector", jobs::to_array(vectors.back())}});
    }
    for (const at::Tensor& one : activations) {
      inputs.push_back({{"activations", jobs::to_array(one)}});
    }
    task.layer = 1;
    task.n_extracts = {1, 1};
    task.sae.least_explained = -1e30;
    task.top = 3;
    task.n_differences = 4;
    task.vectors = {{jobs::Control::none, 0, -1, {}},
                    {jobs::Control::none, 1, -1, {}},
                    {jobs::Control::zero, -1, -1, {}},
                    {jobs::Control::other, 0, 1, {}},
                    {jobs::Control::sparse, 0, -1, {1, 2}}};
    task.planted_atoms = 3;
    task.requests = {
        {2, "encode", 0, 1, true, false},   {1, "encode", 0, 1, true, false},
        {1, "encode", 0, 4, true, true},    {0, "encode", 0, 1, false, false},
        {0, "omp", 4, 1, true, false},      {4, "omp", 3, 1, true, false},
        {0, "anchored", 0, 1, true, false}, {3, "encode", 0, 1, true, false}};
    task.parts = {
        {4, jobs::Part::all, -1},      {4, jobs::Part::positive, -1},
        {4, jobs::Part::negative, -1}, {4, jobs::Part::flipped, -1},
        {4, jobs::Part::first, 2},     {4, jobs::Part::atom, 0},
        {4, jobs::Part::without, 0},   {4, jobs::Part::without_first, 2},
        {4, jobs::Part::residual, -1}, {4, jobs::Part::minus_atom, 0}};
  }
  // [d_in] float64 of a behaviour.
  at::Tensor v(std::size_t behaviour) const { return vectors[behaviour][1]; }
  at::Tensor encode(const at::Tensor& x, bool subtract) const {
    return sae.encode(x.to(at::kFloat).unsqueeze(0), subtract)[0];
  }

  Scratch scratch;
  jobs::SparseAutoencoder sae;
  std::vector<at::Tensor> activations, vectors;
  std::vector<storage::ArrayMap> inputs;
  jobs::DecomposeTask task;
};

// Sparse codes made dense again: [requests, d_sae].
inline at::Tensor dense(const storage::ArrayMap& result, std::int64_t rows) {
  at::Tensor codes = at::zeros({rows, 16}, at::kFloat);
  const at::Tensor offsets = jobs::to_tensor(result.at("offsets"));
  const at::Tensor features = jobs::to_tensor(result.at("features"));
  const at::Tensor values = jobs::to_tensor(result.at("values"));
  for (std::int64_t i = 0; i < rows; ++i) {
    for (auto j = offsets[i].item<std::int64_t>();
         j < offsets[i + 1].item<std::int64_t>(); ++j) {
      codes[i][features[j]] = values[j];
    }
  }
  return codes;
}

}  // namespace coxswain::tests
