#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "jobs/decomposition/dictionary.hpp"
#include "jobs/decomposition/encoder_pass.hpp"
#include "jobs/decomposition/method_names.hpp"
#include "jobs/sae/sparse_autoencoder.hpp"
#include "storage/files/digest.hpp"

namespace coxswain::jobs {

// Of a method that makes several of a vector: which one is wanted.
struct MethodDraw {
  std::int32_t draw = -1;
  storage::Key key;                    // of its random numbers
  std::vector<std::int64_t> features;  // that the user names
};

// Vectors that a method takes apart together.
struct MethodInput {
  at::Tensor vectors;  // [n, d_in], of the SAE's kind, times their scale
  // Activations that the vectors' behaviour was made of, pair by pair
  // [n_pairs, d_in]; undefined for a method that needs none.
  at::Tensor positive, negative;
  bool b_dec_input = false;
  double parameter = 0;
  std::vector<MethodDraw> draws;  // of each vector
};

// What a method makes of its vectors.
struct MethodCodes {
  at::Tensor codes;  // [n, d_sae]: coefficients of decoder rows, 0 where unused
  // How what is decoded comes back to the vectors' own units; undefined where
  // there is nothing to undo.
  at::Tensor scale, shift;  // [n, 1]
  // Of each, the key of the Rotation that what is decoded is turned back by;
  // empty where nothing was turned.
  std::vector<storage::Key> turned = {};
};

// What methods share: one pass through the encoder for all of them.
struct MethodContext {
  const SparseAutoencoder& sae;
  const Dictionary& atoms;
  EncoderPass& pass;
};

// A way to take vectors apart. A new one is one unit and one line in the table
// of method.cpp. begin() asks for what it needs of the encoder; the function
// that it returns is called when the pass has run, while context and input are
// still there.
struct DecompositionMethod {
  MethodTraits traits;
  std::function<MethodCodes()> (*begin)(const MethodContext& context,
                                        const MethodInput& input);
};

extern const DecompositionMethod kEncode, kEncodeMinusZero, kEncodeBiasFree,
    kEncodeNormMatched, kEncodeMeanNorm, kEncodeAroundMean, kCodeDifference,
    kAnchored, kEncoderProjection, kDecoderProjection, kMatchingPursuit,
    kGradientPursuit, kClippedPursuit, kNonNegative, kLasso, kPositiveLasso,
    kLeastSquares, kRidge, kRandomSupport, kRandomCosine, kDisjoint, kRotated,
    kNamedSupport;

// The method of this name. Throws JobError for one that we don't have.
const DecompositionMethod& method_named(const std::string& name);

}  // namespace coxswain::jobs
