// What the SAE says of real activations, with the vector and without it.

#include <ATen/ATen.h>

#include "jobs/decomposition/method.hpp"

namespace coxswain::jobs {
namespace {

using Begun = std::function<MethodCodes()>;

// mean f(x+) - mean f(x-): the same for every vector of these pairs.
Begun code_difference(const MethodContext& context, const MethodInput& input) {
  const auto positive =
      context.pass.mean_code(input.positive, input.b_dec_input);
  const auto negative =
      context.pass.mean_code(input.negative, input.b_dec_input);
  const std::int64_t n = input.vectors.size(0);
  return [&context, positive, negative, n] {
    return MethodCodes{
        (context.pass.result(positive) - context.pass.result(negative))
            // One code for all vectors of these pairs, without copies.
            .expand({n, -1}),
        {},
        {}};
  };
}

// E_x[f(x + scale v) - f(x)] over the negative prompts' activations x. The
// mean activation is a poor stand-in: it is out of distribution itself.
Begun anchored(const MethodContext& context, const MethodInput& input) {
  const auto base = context.pass.mean_code(input.negative, input.b_dec_input);
  std::vector<EncoderPass::Ticket> moved;
  for (std::int64_t i = 0; i < input.vectors.size(0); ++i) {
    const at::Tensor v = input.vectors[i];
    // The zero vector moves nothing: the same activations are encoded once.
    moved.push_back(context.pass.mean_code(
        v.any().item<bool>() ? input.negative + v : input.negative,
        input.b_dec_input));
  }
  return [&context, base, moved] {
    std::vector<at::Tensor> rows;
    for (const auto ticket : moved) {
      rows.push_back(context.pass.result(ticket) - context.pass.result(base));
    }
    return MethodCodes{at::cat(rows), {}, {}};
  };
}

MethodTraits traits(const char* name, const char* description) {
  MethodTraits traits;
  traits.name = name;
  traits.description = description;
  traits.encodes = true;
  traits.activations = true;
  return traits;
}

MethodTraits difference_traits() {
  MethodTraits all = traits("code-difference", "mean f(x+) - mean f(x-)");
  all.of_pairs = true;
  return all;
}

MethodTraits anchored_traits() {
  MethodTraits all = traits(
      "anchored",
      "mean of f(x + scale v) - f(x) over the negative prompts' activations");
  all.scales = true;
  return all;
}

}  // namespace

const DecompositionMethod kCodeDifference{difference_traits(), code_difference};
const DecompositionMethod kAnchored{anchored_traits(), anchored};

}  // namespace coxswain::jobs
