#include "jobs/sae/sparse_autoencoder.hpp"

#include <ATen/ATen.h>

#include <cassert>
#include <cmath>

#include "jobs/device/fixed_sums.hpp"
#include "jobs/device/row_product.hpp"
#include "jobs/sae/activation.hpp"

namespace coxswain::jobs {
namespace {

constexpr double kShortestRow = 1e-8;  // as SAELens has it

// What row_sums() and the like gave, as a column of the kind that x has.
at::Tensor column(const at::Tensor& of_rows, const at::Tensor& x) {
  return of_rows.unsqueeze(1).to(x.scalar_type());
}

}  // namespace

// constant_norm_rescale: x sqrt(d_in) / |x|. layer_norm: (x - mu) / (sd + 1e-5)
// with sd of n - 1, undone without the 1e-5 (both as SAELens has them).
NormalisedInput SparseAutoencoder::normalise(const at::Tensor& x) const {
  assert(x.dim() == 2 && x.size(1) == header.d_in);
  switch (header.normalisation) {
    case InputNormalisation::none:
      return {x, {}, {}};
    case InputNormalisation::constant_norm: {
      const at::Tensor norm = column(row_norms(x), x);
      const at::Tensor undo =
          norm / std::sqrt(static_cast<double>(header.d_in));
      // A zero row has no length to give: it stays zero, where dividing would
      // make it NaN.
      return {at::where(norm.eq(0), at::zeros_like(x), x / undo), undo, {}};
    }
    case InputNormalisation::layer_norm: {
      const auto d_in = static_cast<double>(header.d_in);
      const at::Tensor mean = column(row_sums(x) / d_in, x);
      const at::Tensor centred = x - mean;
      const at::Tensor deviation =
          column(row_norms(centred) / std::sqrt(d_in - 1), x);
      return {centred / (deviation + 1e-5), deviation, mean};
    }
  }
  return {};
}

at::Tensor SparseAutoencoder::encoder_input(const at::Tensor& x,
                                            bool subtract_b_dec) const {
  const at::Tensor input = normalise(x).input;
  return subtract_b_dec ? input - b_dec : input;
}

at::Tensor SparseAutoencoder::encode_product(const at::Tensor& product,
                                             Biases biases) const {
  return activate(*this, product, biases);
}

at::Tensor SparseAutoencoder::encode(const at::Tensor& x, bool subtract_b_dec,
                                     Biases biases) const {
  const at::Tensor input =
      encoder_input(x, subtract_b_dec && biases == Biases::all);
  if (header.architecture == SaeArchitecture::matching_pursuit) {
    return pursue(*this, input);
  }
  return encode_product(W_enc.times(input), biases);
}

at::Tensor SparseAutoencoder::decode(const at::Tensor& codes,
                                     bool add_b_dec) const {
  assert(codes.dim() == 2 && codes.size(1) == header.d_sae);
  at::Tensor rebuilt = W_dec.times(
      header.rescaled
          ? codes.div(at::where(decoder_norms.eq(0),
                                at::ones_like(decoder_norms), decoder_norms))
          : codes);
  if (add_b_dec) rebuilt.add_(b_dec);
  return rebuilt;
}

at::Tensor SparseAutoencoder::reconstruct(const at::Tensor& x,
                                          const at::Tensor& codes) const {
  assert(x.size(0) == codes.size(0));
  at::Tensor rebuilt = decode(codes, adds_b_dec());
  if (W_skip.defined()) add_row_product(rebuilt, x, W_skip.t());
  const NormalisedInput input = normalise(x);
  if (input.scale.defined()) rebuilt.mul_(input.scale);
  if (input.shift.defined()) rebuilt.add_(input.shift);
  return rebuilt;
}

at::Device SparseAutoencoder::device() const {
  return W_dec.in_memory() ? W_dec.tensor().device() : at::kCPU;
}

SparseAutoencoder on_device(SparseAutoencoder sae, at::Device device) {
  if (!sae.W_dec.in_memory()) return sae;
  for (SaeMatrix* one : {&sae.W_enc, &sae.W_dec}) {
    if (one->defined()) *one = one->tensor().to(device);
  }
  for (at::Tensor* one :
       {&sae.b_enc, &sae.b_dec, &sae.threshold, &sae.b_gate, &sae.b_mag,
        &sae.r_mag, &sae.W_skip, &sae.decoder_norms}) {
    if (one->defined()) *one = one->to(device);
  }
  return sae;
}

void fold_decoder_norms(SparseAutoencoder& sae) {
  const at::Tensor& W_dec = sae.W_dec.tensor();
  const at::Tensor norms =
      sae.W_dec.row_norms().clamp_min(kShortestRow).to(W_dec.scalar_type());
  sae.W_dec = W_dec / norms.unsqueeze(1);
  if (sae.W_enc.defined()) sae.W_enc = sae.W_enc.tensor() * norms;
  for (at::Tensor* part :
       {&sae.b_enc, &sae.threshold, &sae.b_gate, &sae.b_mag}) {
    if (part->defined()) *part = *part * norms;
  }
  sae.header.rescaled = false;  // by norms that are 1 now
}

}  // namespace coxswain::jobs
