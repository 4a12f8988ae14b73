#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

#include "jobs/decomposition/dictionary.hpp"
#include "jobs/steering/pair_activations.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// The features that a vector with a known answer was made of.
struct PlantedAtom {
  std::int64_t feature = 0;
  double coefficient = 0;  // of the unit decoder row, before the length is set
};

// What a decompose task takes apart.
struct DecomposedVectors {
  at::Tensor vectors;                             // [n, d_in] float64
  std::vector<std::vector<PlantedAtom>> planted;  // by vector, mostly empty
};

// The vectors that a task names, with its controls. `inputs` begin with the
// results of its vector tasks; `pairs` gives the activations that vector task
// `input` was made of.
DecomposedVectors make_vectors(
    const DecomposeTask& task, const std::vector<storage::ArrayMap>& inputs,
    const Dictionary& atoms,
    const std::function<PairActivations(std::int32_t input)>& pairs);

// k different atoms with signs and sizes 1 + |z| / 2, z standard normal, all by
// the key (one atom: with size 1, positive).
std::vector<PlantedAtom> plant(const Dictionary& atoms, const storage::Key& key,
                               std::int64_t k);

}  // namespace coxswain::jobs
