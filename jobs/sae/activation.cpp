#include "jobs/sae/activation.hpp"

#include <cassert>

#include <ATen/ATen.h>

#include "jobs/device/fixed_sums.hpp"
#include "jobs/device/row_product.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

// The k largest of each row by `rank`: a mask. topk alone says nothing about
// which of several equal values it takes.
at::Tensor largest(const at::Tensor& rank, std::int64_t k) {
  assert(1 <= k && k <= rank.size(1));
  const at::Tensor last = std::get<0>(rank.topk(k, 1)).select(1, k - 1);
  const at::Tensor above = rank.gt(last.unsqueeze(1));
  const at::Tensor equal = rank.eq(last.unsqueeze(1));
  const at::Tensor room = k - above.sum(1, /*keepdim=*/true);
  // Of equal values the lowest features fill what room is left.
  return above.logical_or(equal.logical_and(equal.cumsum(1).le(room)));
}

at::Tensor grouped(const at::Tensor& z, std::int64_t k) {
  assert(k >= 1 && z.size(1) % k == 0);
  const at::Tensor groups = at::relu(z).view({z.size(0), k, -1});
  const at::Tensor equal = groups.eq(groups.amax(2, /*keepdim=*/true));
  return groups.mul(equal.logical_and(equal.cumsum(2).eq(1))).view_as(z);
}

at::Tensor gated(const SaeParameters& sae, const at::Tensor& product,
                 Biases biases) {
  const at::Tensor scaled = product * sae.r_mag.exp();
  if (biases == Biases::none) return at::relu(scaled).mul(product.gt(0));
  return at::relu(scaled + sae.b_mag).mul((product + sae.b_gate).gt(0));
}

}  // namespace

at::Tensor activate(const SaeParameters& sae, const at::Tensor& product,
                    Biases biases) {
  assert(product.dim() == 2 && product.size(1) == sae.header.d_sae);
  const SaeHeader& header = sae.header;
  if (header.architecture == SaeArchitecture::gated) {
    return gated(sae, product, biases);
  }
  at::Tensor z = biases == Biases::none ? product : product + sae.b_enc;
  // Codes are in these units, too: decode() divides by them.
  if (header.rescaled) z = z * sae.decoder_norms;
  switch (header.architecture) {
    case SaeArchitecture::standard:
      return at::relu(z);
    case SaeArchitecture::jump_relu:
      // Strictly above, and never negative: a threshold below 0 does not let
      // negative codes through.
      return at::relu(z).mul(z.gt(sae.threshold));
    case SaeArchitecture::top_k:
      return at::relu(z).mul(largest(z, header.k));
    case SaeArchitecture::abs_top_k:
      return z.mul(largest(z.abs(), header.k));
    case SaeArchitecture::group_max:
      return grouped(z, header.k);
    default:
      throw JobError({"", "architecture", name_of(header.architecture),
                      "one with an encoder matrix", ""});
  }
}

at::Tensor pursue(const SaeParameters& sae, const at::Tensor& input) {
  assert(input.dim() == 2 && input.size(1) == sae.header.d_in);
  const SaeHeader& header = sae.header;
  const at::Tensor& W_dec = sae.W_dec.tensor();
  at::Tensor residual = input.clone();
  at::Tensor codes = at::zeros({input.size(0), header.d_sae}, input.options());
  at::Tensor going =
      at::ones({input.size(0)}, input.options().dtype(at::kBool));
  for (std::int64_t step = 0; step < header.max_iterations; ++step) {
    const at::Tensor reach = at::relu(row_product(residual, W_dec.t()));
    const at::Tensor best = reach.amax(1, /*keepdim=*/true);
    const at::Tensor equal = reach.eq(best);
    const at::Tensor first = equal.logical_and(equal.cumsum(1).eq(1));
    const at::Tensor added =
        first.mul(best).mul(going.unsqueeze(1)).to(codes.scalar_type());
    const at::Tensor before = codes.ne(0).sum(1);
    codes = codes + added;
    // One feature a row: its row of the decoder, instead of a product.
    residual = residual - W_dec.index_select(0, first.to(at::kByte).argmax(1)) *
                              added.sum(1, /*keepdim=*/true);
    if (header.stop_on_duplicate_support) {
      going = going.logical_and(codes.ne(0).sum(1).ne(before));
    }
    if (header.residual_threshold > 0) {
      going =
          going.logical_and(row_norms(residual).ge(header.residual_threshold));
    }
    if (!going.any().item<bool>()) break;
  }
  return codes;
}

}  // namespace coxswain::jobs
