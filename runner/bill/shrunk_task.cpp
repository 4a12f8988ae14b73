#include "runner/bill/shrunk_task.hpp"

#include <cassert>
#include <limits>

#include "jobs/cost/decompose_cost.hpp"

namespace coxswain::runner {
namespace {

template <class T>
bool halve(std::vector<T>& values) {
  if (values.size() < 2) return false;
  values.resize((values.size() + 1) / 2);
  return true;
}

bool cut(jobs::ExtractTask& task) { return halve(task.pairs); }

bool cut(jobs::StoreTask& task) { return halve(task.pairs); }

bool cut(jobs::ObserveTask& task) { return halve(task.texts); }

bool cut(jobs::ActivityTask& task) { return halve(task.texts); }

bool halve_variants(jobs::EvaluateTask& task) {
  if (!halve(task.variants)) return false;
  if (!task.operations.empty()) task.operations.resize(task.variants.size());
  return true;
}

bool cut(jobs::EvaluateTask& task) {
  return halve(task.items) || halve_variants(task) || halve(task.multipliers);
}

// Every other request, so that each method keeps its share.
bool cut(jobs::DecomposeTask& task) {
  if (task.requests.size() < 2) return false;
  std::vector<jobs::DecompositionRequest> kept;
  for (std::size_t i = 0; i < task.requests.size(); i += 2) {
    kept.push_back(task.requests[i]);
  }
  task.requests = std::move(kept);
  task.parts.clear();
  return true;
}

// How many pairs stand behind each vector that the task takes apart.
std::vector<std::int64_t> pairs_of(const Plan& plan, const PlannedTask& task,
                                   std::size_t n_vectors) {
  assert(n_vectors <= task.inputs.size());
  std::vector<std::int64_t> pairs;
  for (std::size_t i = 0; i < n_vectors; ++i) {
    pairs.push_back(at(plan.tasks, task.inputs[i]).pairs);
  }
  return pairs;
}

// Seconds are asked for, not whether the SAE fits.
jobs::DecomposeTask fitting(jobs::DecomposeTask task) {
  task.sae.least_explained = -std::numeric_limits<double>::infinity();
  return task;
}

template <class T, class Cost>
ShrunkTask shrink(T task, double most_flops, const Cost& cost) {
  double flops = cost(task);
  while (flops > most_flops && cut(task)) flops = cost(task);
  return {std::move(task), flops};
}

// Of kinds that take a model and nothing else.
template <class T>
ShrunkTask shrunk_of(const Plan& plan, const PlannedTask&, const T& task,
                     double most_flops) {
  return shrink(task, most_flops, [&](const T& small) {
    return jobs::cost_of(small, architecture_of(plan, task.model)).flops;
  });
}

ShrunkTask shrunk_of(const Plan& plan, const PlannedTask& planned,
                     const jobs::ActivityTask& task, double most_flops) {
  if (task.texts.empty()) return {task, planned.flops};
  const auto header = jobs::read_sae_header(task.sae.path, task.sae.options);
  return shrink(task, most_flops, [&](const auto& small) {
    return jobs::cost_of(small, architecture_of(plan, task.model), header.d_sae,
                         0)
        .flops;
  });
}

ShrunkTask shrunk_of(const Plan& plan, const PlannedTask& planned,
                     const jobs::DecomposeTask& task, double most_flops) {
  const auto header = jobs::read_sae_header(task.sae.path, task.sae.options);
  const auto pairs = pairs_of(plan, planned, task.n_extracts.size());
  return shrink(fitting(task), most_flops, [&](const auto& small) {
    return jobs::cost_of(small, header, pairs).flops;
  });
}

}  // namespace

ShrunkTask shrunk(const Plan& plan, const PlannedTask& task,
                  double most_flops) {
  return std::visit(
      [&]<class T>(const T& one) -> ShrunkTask {
        if constexpr (jobs::KindTraits<T>::kCut) {
          return shrunk_of(plan, task, one, most_flops);
        } else {
          return {one, task.flops};
        }
      },
      task.task);
}

}  // namespace coxswain::runner
