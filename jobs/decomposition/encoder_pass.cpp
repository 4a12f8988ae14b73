#include "jobs/decomposition/encoder_pass.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "jobs/device/tensor_array.hpp"
#include "jobs/sae/activation.hpp"

namespace coxswain::jobs {
namespace {

std::int64_t rows_at_once(const SparseAutoencoder& sae) {
  if (!sae.W_enc.defined() || sae.W_enc.in_memory()) return kRowsInMemory;
  return rows_a_reading(sae.header.d_sae);
}

}  // namespace

EncoderPass::Ticket EncoderPass::add(Request request) {
  assert(request.input.dim() == 2);
  assert(request.input.size(1) == sae_.header.d_in);
  const std::int64_t n = request.want == Want::mean ? 1 : request.input.size(0);
  const at::TensorOptions options =
      request.want == Want::mean ? request.input.options().dtype(at::kDouble)
                                 : request.input.options();
  // How many features fire is known later.
  const std::int64_t width =
      request.want == Want::on_firing ? 0 : sae_.header.d_sae;
  request.result = at::zeros({n, width}, options);
  requests_.push_back(std::move(request));
  return requests_.size() - 1;
}

EncoderPass::Ticket EncoderPass::encode(const at::Tensor& x,
                                        bool subtract_b_dec, Biases biases) {
  Request request;
  request.biases = biases;
  request.input =
      sae_.encoder_input(x, subtract_b_dec && biases == Biases::all);
  return add(std::move(request));
}

EncoderPass::Ticket EncoderPass::mean_code(const at::Tensor& x,
                                           bool subtract_b_dec) {
  for (Ticket i = 0; i < requests_.size(); ++i) {
    const Request& one = requests_[i];
    // The very same tensor, not an equal one: telling equal ones would read
    // them all.
    if (one.want == Want::mean && one.x.is_same(x) &&
        one.subtract_b_dec == subtract_b_dec) {
      return i;
    }
  }
  Request request;
  request.want = Want::mean;
  request.input = sae_.encoder_input(x, subtract_b_dec);
  request.x = x;
  request.subtract_b_dec = subtract_b_dec;
  request.active = at::zeros({sae_.header.d_sae}, at::kLong);
  return add(std::move(request));
}

EncoderPass::Ticket EncoderPass::project(const at::Tensor& x) {
  Request request;
  request.want = Want::projection;
  request.input = x;
  return add(std::move(request));
}

EncoderPass::Ticket EncoderPass::project_on_firing(const at::Tensor& x,
                                                   std::vector<Ticket> means) {
  for (const Ticket mean : means) {
    assert(mean < requests_.size() && requests_[mean].want == Want::mean);
    requests_.at(mean).keeps_codes = true;
  }
  Request request;
  request.want = Want::on_firing;
  request.input = x;
  request.means = std::move(means);
  return add(std::move(request));
}

const EncoderPass::Request& EncoderPass::sound(Ticket ticket) const {
  const Request& request = requests_.at(ticket);
  if (request.failure) throw NumbersError(*request.failure);
  return request;
}

const at::Tensor& EncoderPass::result(Ticket ticket) const {
  return sound(ticket).result;
}

at::Tensor EncoderPass::share_active(Ticket ticket) const {
  assert(ticket < requests_.size() && requests_[ticket].want == Want::mean);
  const Request& request = sound(ticket);
  return request.active.to(at::kDouble) /
         static_cast<double>(request.input.size(0));
}

const std::vector<std::int64_t>& EncoderPass::firing(Ticket ticket) const {
  assert(ticket < requests_.size() &&
         requests_[ticket].want == Want::on_firing);
  return requests_.at(ticket).firing;
}

const SparseCodes& EncoderPass::kept_codes(Ticket ticket) const {
  assert(ticket < requests_.size() && requests_[ticket].keeps_codes);
  return sound(ticket).kept;
}

// Of rows `first` and on of a request.
at::Tensor EncoderPass::projections(const Request& request, std::int64_t first,
                                    const at::Tensor& product) const {
  // Where encoder and decoder are tied, the decoder is the encoder.
  return sae_.W_enc.defined()
             ? product
             : sae_.W_dec.times_transposed(
                   request.input.narrow(0, first, product.size(0)));
}

void EncoderPass::find_firing(Request& request) const {
  at::Tensor on_any = at::zeros({sae_.header.d_sae}, at::kLong);
  for (const Ticket mean : request.means) on_any.add_(requests_[mean].active);
  const at::Tensor firing = on_any.nonzero().flatten();
  const auto* features = firing.data_ptr<std::int64_t>();
  request.firing.assign(features, features + firing.size(0));
  request.result = at::zeros({request.input.size(0), firing.size(0)},
                             request.input.options());
}

// Gives rows `first` and on of a request their product.
void EncoderPass::take(Request& request, std::int64_t first,
                       const at::Tensor& product) {
  const std::int64_t n = product.size(0);
  assert(0 <= first && first + n <= request.input.size(0));
  assert(product.size(1) == sae_.header.d_sae);
  if (request.want == Want::projection) {
    request.result.narrow(0, first, n)
        .copy_(projections(request, first, product));
    return;
  }
  if (request.want == Want::on_firing) {
    if (first == 0) find_firing(request);
    request.result.narrow(0, first, n)
        .copy_(projections(request, first, product)
                   .index_select(1, at::tensor(request.firing, at::kLong)));
    return;
  }
  const at::Tensor codes =
      sae_.header.architecture == SaeArchitecture::matching_pursuit
          ? product
          : sae_.encode_product(product, request.biases);
  try {
    // Thresholds take what is no number for a feature that is off.
    for (const at::Tensor& values : {product, codes}) {
      require_finite(values, "codes of the SAE",
                     "coxswain check tries the SAE at its layer");
    }
  } catch (const NumbersError& error) {
    request.failure = error;
    return;
  }
  if (request.want == Want::codes) {
    request.result.narrow(0, first, n).copy_(codes);
    return;
  }
  request.active.add_(codes.ne(0).sum(0));
  if (request.keeps_codes) request.kept.append(codes);
  const auto rows = static_cast<double>(request.input.size(0));
  for (std::int64_t i = 0; i < n; ++i) {
    // Row by row in float64: the sum then does not depend on where chunks end.
    request.result[0].add_(codes[i].to(at::kDouble) / rows);
  }
}

void EncoderPass::run() {
  if (requests_.empty()) return;
  const std::int64_t at_once = rows_at_once(sae_);
  const bool pursuit =
      sae_.header.architecture == SaeArchitecture::matching_pursuit;
  // Row chunks cut through requests, so that few large products are made of
  // many small requests.
  std::vector<at::Tensor> inputs;
  for (const Request& request : requests_) inputs.push_back(request.input);
  const at::Tensor all = at::cat(inputs);
  std::size_t request = 0;
  std::int64_t begin = 0;  // row of the request's first input
  for (std::int64_t first = 0; first < all.size(0); first += at_once) {
    const std::int64_t n = std::min(at_once, all.size(0) - first);
    const at::Tensor chunk = all.narrow(0, first, n);
    // Matching pursuit has no encoder: codes take the product's place.
    const at::Tensor product =
        pursuit ? pursue(sae_, chunk) : sae_.W_enc.times(chunk);
    std::int64_t row = first;
    while (row < first + n) {
      Request& one = requests_[request];
      const std::int64_t end = begin + one.input.size(0);
      const std::int64_t last = std::min(end, first + n);
      if (last > row) {
        take(one, row - begin, product.narrow(0, row - first, last - row));
      }
      row = last;
      if (row == end) {
        begin = end;
        ++request;
      }
    }
  }
}

}  // namespace coxswain::jobs
