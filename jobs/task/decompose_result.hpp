#pragma once

#include <cstdint>

#include "jobs/task/result_array.hpp"

// What DecomposeTask gives. n: its requests, in their order; v: a request's
// scale times its vector; r: what v was rebuilt to; f: codes under the SAE's
// own convention for b_dec.
namespace coxswain::jobs::decompose_result {

// How near r is to v. NaN where a quotient has no meaning.
struct Measures {
  double norm = 0;                // |r|
  double norm_ratio = 0;          // |r| / |v|
  double cosine = 0;              // of r to v
  double explained_variance = 0;  // 1 - |v - r|^2 / |v|^2
  double residual_cosine = 0;     // of v - r to v
  // Features on which v projects negatively, whole numbers: <v, W_enc[:, j]>
  // and <v, W_dec[j]> below 0.
  double negative_encoder = 0;
  double negative_decoder = 0;
};

// Of a vector with a known answer; all -1 without one.
struct Truth {
  std::int64_t planted = -1;          // atoms that it was made of
  std::int64_t recovered = -1;        // found among as many strongest features
  std::int64_t recovered_signs = -1;  // of these, with their sign
};

// One of a request's strongest features; all 0 where there are fewer.
struct TopFeature {
  double value = 0;               // its coefficient
  double encoder_projection = 0;  // <v, W_enc[:, j]>
  double decoder_projection = 0;  // <v, W_dec[j] / |W_dec[j]|>
};

// A feature that fires differently on a behaviour's x+ and x-; here v is the
// behaviour's vector. All 0 where there are fewer.
struct Difference {
  double mean_code_positive = 0;  // mean f(x+)
  double mean_code_negative = 0;  // mean f(x-)
  double encoder_projection = 0;
  double decoder_projection = 0;
  double code = 0;  // f(v)
};

// A feature that the behaviour's vector v turns on. All 0 where there are
// fewer.
struct Active {
  double code = 0;       // f(v)
  double code_zero = 0;  // f(0)
  double mean_code_positive = 0;
  double mean_code_negative = 0;
  double rate_positive = 0;  // share of the x+ that it fires on
  double rate_negative = 0;
  double encoder_projection = 0;
  double decoder_projection = 0;
};

// How the SAE does, under one convention for b_dec, on activations x that the
// task's vectors were made of, as sums over them: those of several tasks make
// the fit on all activations. All 0 without any.
struct FitSums {
  double activations = 0;  // how many
  double wrong = 0;        // sum |x - x_hat|^2
  double spread = 0;       // sum |x - mean|^2, the mean that of these
  double active = 0;       // sum of how many features are active on x
  double norms = 0;        // sum |x|
};

// Codes of all requests: those of request i are numbers offsets[i] up to
// offsets[i + 1] of features and values. [n + 1], [nnz], [nnz]
inline constexpr NumbersOf<std::int64_t> kOffsets{"offsets"};
inline constexpr NumbersOf<std::int64_t> kFeatures{"features"};
inline constexpr NumbersOf<float> kValues{"values"};
// [n, d_model]: r.
inline constexpr NumbersOf<float> kReconstructions{"reconstructions"};
// [n]
inline constexpr RowsOf<Measures> kMeasures{"measures"};
inline constexpr RowsOf<Truth> kTruth{"truth"};
// [n, top]: the strongest features by |value|, ties to the lower index; -1:
// none.
inline constexpr NumbersOf<std::int64_t> kTopFeatures{"top_features"};
inline constexpr RowsOf<TopFeature> kTop{"top"};
// [n_parts, d_model], in the order of the task's parts.
inline constexpr NumbersOf<float> kParts{"parts"};

// Only if a method failed on a vector, which then has no codes, and NaN for
// numbers. [n], [n_parts]: 1 if there is such a request or part, 0 if not. The
// texts: why, in the order of the requests that failed, each ended by a line
// feed.
inline constexpr NumbersOf<std::int64_t> kAvailable{"available"};
inline constexpr NumbersOf<std::int64_t> kPartsAvailable{"parts_available"};
inline constexpr AnyNumbers kFailures{"failures"};

// [behaviours, n_differences], by |mean f(x+) - mean f(x-)|; feature -1: none.
inline constexpr NumbersOf<std::int64_t> kDifferenceFeatures{
    "difference_features"};
inline constexpr RowsOf<Difference> kDifferences{"differences"};
// [behaviours, n_differences, n_differences], between their decoder rows; NaN
// where there are fewer.
inline constexpr NumbersOf<float> kDifferenceCosines{"difference_cosines"};
// [behaviours, n_differences], by f(v); feature -1: none.
inline constexpr NumbersOf<std::int64_t> kActiveFeatures{"active_features"};
inline constexpr RowsOf<Active> kActive{"active"};
// [behaviours, n_differences, n_differences], of their decoder rows to those of
// kDifferenceFeatures; NaN where there are fewer.
inline constexpr NumbersOf<float> kActiveCosines{"active_cosines"};

// [2]: with b_dec as the SAE itself has it; subtracted if the SAE does not, and
// the reverse.
inline constexpr RowsOf<FitSums> kFitSums{"fit_sums"};
inline constexpr NumbersOf<double> kFitMean{"fit_mean"};  // [d_in]: mean x
// [d_sae / 64, rounded up]: a bit a feature, in ascending order from the lowest
// bit on, 1 if it is active on any x as the SAE itself has b_dec.
inline constexpr NumbersOf<std::int64_t> kFitActive{"fit_active"};

}  // namespace coxswain::jobs::decompose_result
