#include "jobs/decomposition/decomposed_vectors.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "jobs/device/fixed_sums.hpp"
#include "jobs/device/result_tensors.hpp"
#include "jobs/device/row_product.hpp"
#include "jobs/steering/controls.hpp"
#include "jobs/task/job_error.hpp"
#include "jobs/task/vector_result.hpp"

namespace coxswain::jobs {
namespace {

at::Tensor sum_of(const Dictionary& atoms,
                  const std::vector<PlantedAtom>& planted) {
  std::vector<std::int64_t> features;
  std::vector<double> coefficients;
  for (const PlantedAtom& atom : planted) {
    features.push_back(atom.feature);
    coefficients.push_back(atom.coefficient);
  }
  return row_product(at::tensor(coefficients, at::kDouble).unsqueeze(0),
                     atoms.atoms(features))
      .squeeze(0);
}

// Throws JobError if the vector task's method made none at the task's layer.
void require_vector(const DecomposeTask& task, const storage::ArrayMap& made) {
  const auto found = made.find(vector_result::kAvailable.name);
  if (found == made.end()) return;
  const std::vector<std::int64_t> there = storage::integers(found->second);
  const auto layer = static_cast<std::size_t>(task.layer);
  if (layer >= there.size() || there[layer] != 0) return;
  // Reasons are those of the layers that have no vector, in their order.
  const std::string& reasons =
      storage::at(made, vector_result::kFailures.name, "vector task").bytes;
  std::size_t first = 0;
  for (auto n =
           std::count(there.begin(),
                      there.begin() + static_cast<std::ptrdiff_t>(layer), 0);
       n > 0 && first < reasons.size(); --n) {
    first = reasons.find('\n', first);
    first = first == std::string::npos ? reasons.size() : first + 1;
  }
  throw JobError(
      {"behaviour " + task.behaviour, "vector",
       "none: " + reasons.substr(first, reasons.find('\n', first) - first),
       "one at the layer of the SAE", "leave it out there with [[exclude]]"});
}

}  // namespace

std::vector<PlantedAtom> plant(const Dictionary& atoms, const storage::Key& key,
                               std::int64_t k) {
  assert(k >= 1);
  const std::int64_t d_sae = atoms.d_sae();
  const std::int64_t n = std::min(k, d_sae);
  // One stream for both: the first d_sae numbers choose the atoms, the rest are
  // their signs and sizes.
  const at::Tensor draws = normal_tensor(key, d_sae + n);
  const at::Tensor order = draws.narrow(0, 0, d_sae)
                               .argsort(/*stable=*/true, /*dim=*/0,
                                        /*descending=*/true)
                               .narrow(0, 0, n);
  std::vector<PlantedAtom> planted;
  for (std::int64_t i = 0; i < n; ++i) {
    const double z = draws[d_sae + i].item<double>();
    planted.push_back({order[i].item<std::int64_t>(),
                       k == 1 ? 1 : std::copysign(1 + std::abs(z) / 2, z)});
  }
  return planted;
}

DecomposedVectors make_vectors(
    const DecomposeTask& task, const std::vector<storage::ArrayMap>& inputs,
    const Dictionary& atoms,
    const std::function<PairActivations(std::int32_t input)>& pairs) {
  const std::int64_t d_in = atoms.d_in();
  assert(!task.vectors.empty());
  const auto vector_of = [&](std::int32_t input) {
    const auto& made = inputs.at(static_cast<std::size_t>(input));
    require_vector(task, made);
    return tensor_of(made, vector_result::kVector, "vector task")[task.layer];
  };
  const std::vector<PairCluster> no_clusters;  // nothing is drawn by them
  DecomposedVectors all;
  std::vector<at::Tensor> rows;
  for (const VectorRequest& request : task.vectors) {
    all.planted.emplace_back();
    if (request.control == Control::zero || request.input < 0) {
      rows.push_back(at::zeros({d_in}, at::kDouble));
      continue;
    }
    const at::Tensor own = vector_of(request.input);
    const auto drawn = [&] {
      const auto input = static_cast<std::size_t>(request.input);
      return control_direction(
          request.control, request.key, d_in,
          [&] { return pairs(request.input); },
          task.clusters.empty() ? no_clusters : task.clusters.at(input));
    };
    at::Tensor direction;
    switch (request.control) {
      case Control::none:
        rows.push_back(own);
        continue;
      case Control::resampled:
        rows.push_back(drawn());
        continue;
      case Control::other:
        direction = vector_of(request.other);
        break;
      case Control::sparse:
      case Control::decoder_row:
        all.planted.back() =
            plant(atoms, request.key,
                  request.control == Control::sparse ? task.planted_atoms : 1);
        direction = sum_of(atoms, all.planted.back());
        break;
      default:
        direction = drawn();
    }
    // As long as the vector it stands in for: encoders are not linear, so that
    // a control of another length would tell of its length.
    rows.push_back(with_norm(direction, vector_norm(own)));
  }
  all.vectors = at::stack(rows);
  return all;
}

}  // namespace coxswain::jobs
