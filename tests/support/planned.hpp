#pragma once

#include <memory>
#include <stdexcept>

#include "runner/plan/plan.hpp"
#include "runner/stages/stage.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::tests {

// The tables of results.h5 before anything is computed, with a row a cell.
storage::Results blank_results(const runner::Plan& plan);

// The plan's only stage of type S.
template <class S>
const S& stage_of(const runner::Plan& plan) {
  for (const auto& stage : plan.stages) {
    if (const auto* one = dynamic_cast<const S*>(stage.get())) return *one;
  }
  throw std::logic_error("a plan without such a stage");
}

}  // namespace coxswain::tests
