#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "jobs/sae/sae_parameters.hpp"

namespace coxswain::jobs {

// Input as it is encoded, and what undoes it: x = input * scale + shift.
struct NormalisedInput {
  at::Tensor input;         // [n, d_in]
  at::Tensor scale, shift;  // [n, 1]; undefined where nothing is to be undone
};

// An SAE of any published format, as it computes. Const and thread-safe.
struct SparseAutoencoder : SaeParameters {
  // f(x). Normalisation and b_dec as spec'd by the header but for what the
  // arguments say. A zero row under constant_norm stays zero.
  at::Tensor encode(const at::Tensor& x, bool subtract_b_dec,
                    Biases biases = Biases::all) const;
  // f(x) where the product was taken already: x'' W_enc [n, d_sae], x'' the
  // output of encoder_input().
  at::Tensor encode_product(const at::Tensor& product, Biases biases) const;
  at::Tensor encoder_input(const at::Tensor& x, bool subtract_b_dec) const;
  NormalisedInput normalise(const at::Tensor& x) const;

  // codes W_dec, plus b_dec if asked for, in the units of normalised input.
  at::Tensor decode(const at::Tensor& codes, bool add_b_dec) const;
  // Whether b_dec is part of what the SAE makes of x: matching pursuit leaves
  // out of its sum what it did not take from x.
  bool adds_b_dec() const {
    return header.architecture != SaeArchitecture::matching_pursuit ||
           header.b_dec_input;
  }
  // Where its matrices lie, which takes what lies there. Those that are read in
  // blocks are the processor's.
  at::Device device() const;

  // What the SAE makes of x: decode(f(x)) in x's own units, with b_dec and the
  // skip connection.
  at::Tensor reconstruct(const at::Tensor& x, const at::Tensor& codes) const;
};

// Reads an SAE whole, its numbers of `kind`. Throws JobError or
// storage::StorageError.
SparseAutoencoder load_sae(const std::string& path,
                           const SaeOptions& options = {},
                           at::ScalarType kind = at::ScalarType::Float);

// load_sae() of an SAE whose two matrices stay in the file and are read in
// blocks. Throws JobError for formats whose matrices must be changed as a
// whole.
SparseAutoencoder stream_sae(const std::string& path,
                             const SaeOptions& options = {});

// The SAE moved to a device; as it is if its matrices are read in blocks.
SparseAutoencoder on_device(SparseAutoencoder sae, at::Device device);

// An SAE in memory if its matrices are small enough as float32 (kMostInMemory),
// in blocks if not.
SparseAutoencoder read_or_stream_sae(const std::string& path,
                                     const SaeOptions& options);

// Makes decoder rows unit length: W_dec[j] /= n, W_enc[:, j], b_enc[j],
// threshold[j] (gated: b_gate, b_mag) *= n, n = max(|W_dec[j]|, 1e-8).
// Reconstructions stay, codes are multiplied by n.
void fold_decoder_norms(SparseAutoencoder& sae);

}  // namespace coxswain::jobs
