#pragma once

#include <cstdint>

#include "jobs/task/result_array.hpp"

namespace coxswain::jobs {

// Why a cell has no numbers, which are NaN then. On disk: never renumber.
enum class NoCell : std::int32_t {
  computed,    // it has
  not_finite,  // logits were infinite, or not a number
  no_vector,   // what its vector is made of could not be decomposed
  not_there    // the task that makes its vector was given up
};

}  // namespace coxswain::jobs

// What EvaluateTask gives, all [n_items, n_variants, n_multipliers]: logits at
// the token that predicts the answer.
namespace coxswain::jobs::evaluate_result {

inline constexpr NumbersOf<float> kLogitMatch{"logit_match"};
inline constexpr NumbersOf<float> kLogitOther{"logit_other"};
// Over the vocabulary; only with EvaluateTask::letter_mass.
inline constexpr NumbersOf<float> kLogSumExp{"log_sum_exp"};

// Numbers of NoCell, if any has none.
inline constexpr NumbersOf<std::int32_t> kNoCell{"no_cell"};

// An input of an EvaluateTask behind its variants tasks, which may be missing:
// the arrays above of cells that are known, and which these are (1; 0: to be
// computed). Of the variants tasks' inputs an empty one is of a task that was
// given up: its variants have no cells.
inline constexpr NumbersOf<std::int32_t> kKnown{"known"};

}  // namespace coxswain::jobs::evaluate_result
