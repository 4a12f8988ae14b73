// The SAE's own encoder applied to the vector, as if it were an activation,
// and what is said in its defence.

#include <ATen/ATen.h>

#include "jobs/decomposition/method.hpp"
#include "jobs/device/fixed_sums.hpp"

namespace coxswain::jobs {
namespace {

using Begun = std::function<MethodCodes()>;

at::Tensor zero_row(const MethodInput& input) {
  return at::zeros_like(input.vectors.narrow(0, 0, 1));
}

// (mean of x+ + mean of x-) / 2, in float64: [1, d_in].
at::Tensor mean_activation(const MethodInput& input) {
  return (column_means(input.positive) + column_means(input.negative))
      .div_(2)
      .unsqueeze(0);
}

// f(x) - f(from) of encoded rows: exactly nothing where x is `from`, since a
// row's code depends on that row alone.
MethodCodes difference(const at::Tensor& code, const at::Tensor& base) {
  return {code - base, {}, {}};
}

// f(x), with the way back to x's own units.
Begun encode_rows(const MethodContext& context, const MethodInput& input,
                  const at::Tensor& x, Biases biases) {
  const auto ticket = context.pass.encode(x, input.b_dec_input, biases);
  const NormalisedInput units = context.sae.normalise(x);
  return [&context, ticket, units] {
    return MethodCodes{context.pass.result(ticket), units.scale, units.shift};
  };
}

Begun encode(const MethodContext& context, const MethodInput& input) {
  return encode_rows(context, input, input.vectors, Biases::all);
}

Begun encode_bias_free(const MethodContext& context, const MethodInput& input) {
  return encode_rows(context, input, input.vectors, Biases::none);
}

Begun encode_minus_zero(const MethodContext& context,
                        const MethodInput& input) {
  const auto all = context.pass.encode(input.vectors, input.b_dec_input);
  const auto zero = context.pass.encode(zero_row(input), input.b_dec_input);
  return [&context, all, zero] {
    return difference(context.pass.result(all), context.pass.result(zero));
  };
}

// f of vectors brought to a length that activations have; the zero vector stays
// zero.
Begun encode_at_norm(const MethodContext& context, const MethodInput& input,
                     double norm) {
  const at::Tensor own = row_norms(input.vectors).unsqueeze(1);
  const at::Tensor factor =
      at::where(own.eq(0), at::zeros_like(own), norm / own);
  const at::Tensor x =
      (input.vectors.to(at::kDouble) * factor).to(input.vectors.scalar_type());
  return encode_rows(context, input, x, Biases::all);
}

Begun encode_norm_matched(const MethodContext& context,
                          const MethodInput& input) {
  return encode_at_norm(context, input, vector_norm(mean_activation(input)[0]));
}

Begun encode_mean_norm(const MethodContext& context, const MethodInput& input) {
  const at::Tensor norms = row_norms(at::cat({input.positive, input.negative}));
  return encode_at_norm(context, input,
                        vector_sum(norms) / static_cast<double>(norms.size(0)));
}

Begun encode_around_mean(const MethodContext& context,
                         const MethodInput& input) {
  // In float64 until v is added: each side is rounded once.
  const at::Tensor exact = mean_activation(input);
  const at::ScalarType kind = input.vectors.scalar_type();
  const at::Tensor x = (input.vectors.to(at::kDouble) + exact).to(kind);
  const auto with = context.pass.encode(x, input.b_dec_input);
  const auto without = context.pass.encode(exact.to(kind), input.b_dec_input);
  return [&context, with, without] {
    return difference(context.pass.result(with), context.pass.result(without));
  };
}

MethodTraits encoding_traits(const char* name, const char* description,
                             bool scales, bool activations) {
  MethodTraits traits;
  traits.name = name;
  traits.description = description;
  traits.encodes = true;
  traits.scales = scales;
  traits.activations = activations;
  return traits;
}

}  // namespace

const DecompositionMethod kEncode{
    encoding_traits("encode", "f(scale v), the SAE's encoder", true, false),
    encode};
const DecompositionMethod kEncodeMinusZero{
    encoding_traits("encode-minus-zero", "f(scale v) - f(0)", true, false),
    encode_minus_zero};
const DecompositionMethod kEncodeBiasFree{
    encoding_traits("encode-bias-free",
                    "f(scale v) without the biases of encoder and decoder",
                    true, false),
    encode_bias_free};
const DecompositionMethod kEncodeNormMatched{
    encoding_traits("encode-norm-matched",
                    "f(v |m| / |v|), m the mean activation", false, true),
    encode_norm_matched};
const DecompositionMethod kEncodeMeanNorm{
    encoding_traits("encode-mean-norm",
                    "f(v n / |v|), n the mean norm of activations", false,
                    true),
    encode_mean_norm};
const DecompositionMethod kEncodeAroundMean{
    encoding_traits("encode-around-mean",
                    "f(m + scale v) - f(m), m the mean activation", true, true),
    encode_around_mean};

}  // namespace coxswain::jobs
