#pragma once

#include "jobs/task/result_array.hpp"

// What EvaluateTask gives, all [n_items, n_variants, n_multipliers]: logits at
// the token that predicts the answer.
namespace coxswain::jobs::evaluate_result {

inline constexpr NumbersOf<float> kLogitMatch{"logit_match"};
inline constexpr NumbersOf<float> kLogitOther{"logit_other"};
// Over the vocabulary; only with EvaluateTask::letter_mass.
inline constexpr NumbersOf<float> kLogSumExp{"log_sum_exp"};

}  // namespace coxswain::jobs::evaluate_result
