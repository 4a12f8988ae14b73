// The vector's signed projections on every feature: no decomposition (their
// sum is not the vector), but what features it points at.

#include <ATen/ATen.h>

#include "jobs/decomposition/method.hpp"

namespace coxswain::jobs {
namespace {

using Begun = std::function<MethodCodes()>;

Begun on_encoder(const MethodContext& context, const MethodInput& input) {
  const auto ticket = context.pass.project(input.vectors);
  return [&context, ticket] {
    return MethodCodes{context.pass.result(ticket), {}, {}};
  };
}

Begun on_decoder(const MethodContext& context, const MethodInput& input) {
  return [&context, input] {
    return MethodCodes{
        context.atoms.correlate(input.vectors.to(at::kDouble)), {}, {}};
  };
}

MethodTraits traits(const char* name, const char* description, CodeRows rows) {
  MethodTraits traits;
  traits.name = name;
  traits.description = description;
  traits.rows = rows;
  return traits;
}

}  // namespace

const DecompositionMethod kEncoderProjection{
    traits("encoder-projection", "<v, W_enc[:, j]> of every feature",
           CodeRows::stored),
    on_encoder};
const DecompositionMethod kDecoderProjection{
    traits("decoder-projection", "<v, W_dec[j] / |W_dec[j]|> of every feature",
           CodeRows::unit),
    on_decoder};

}  // namespace coxswain::jobs
