// Vectors rebuilt from unit decoder rows by solving for the coefficients: the
// encoder has no say.

#include <ATen/ATen.h>

#include "jobs/decomposition/gradient_pursuit.hpp"
#include "jobs/decomposition/lasso.hpp"
#include "jobs/decomposition/least_squares.hpp"
#include "jobs/decomposition/matching_pursuit.hpp"
#include "jobs/decomposition/method.hpp"
#include "jobs/decomposition/non_negative_least_squares.hpp"
#include "jobs/decomposition/ridge.hpp"

namespace coxswain::jobs {
namespace {

using Begun = std::function<MethodCodes()>;

// What is left of |v| when a pursuit ends: below it there is only rounding of
// weights and vectors.
double tolerance_of(const at::Tensor& vectors) {
  return vectors.scalar_type() == at::kDouble ? 1e-10 : 1e-5;
}

// Nothing of the encoder is needed: all is done when the pass has run.
template <class Solve>
Begun solved(const MethodContext& context, const MethodInput& input,
             Solve solve) {
  return [&context, input, solve] {
    return MethodCodes{
        solve(context, input, input.vectors.to(at::kDouble)), {}, {}};
  };
}

std::int64_t count_of(const MethodInput& input) {
  return static_cast<std::int64_t>(input.parameter);
}

Begun omp(const MethodContext& context, const MethodInput& input) {
  return solved(context, input, [](auto& c, auto& in, const at::Tensor& v) {
    return matching_pursuit(c.atoms, v, count_of(in), tolerance_of(in.vectors))
        .codes;
  });
}

Begun pursuit(const MethodContext& context, const MethodInput& input) {
  return solved(context, input, [](auto& c, auto& in, const at::Tensor& v) {
    return gradient_pursuit(c.atoms, v, count_of(in), Signs::both);
  });
}

Begun clipped_pursuit(const MethodContext& context, const MethodInput& input) {
  return solved(context, input, [](auto& c, auto& in, const at::Tensor& v) {
    return gradient_pursuit(c.atoms, v, count_of(in), Signs::positive);
  });
}

// For each vector the k atoms of the largest |U v|, by number.
std::vector<std::vector<std::int64_t>> nearest(const Dictionary& atoms,
                                               const at::Tensor& v,
                                               std::int64_t k) {
  const at::Tensor order = atoms.correlate(v).abs().argsort(
      /*stable=*/true, /*dim=*/1, /*descending=*/true);
  std::vector<std::vector<std::int64_t>> chosen;
  for (std::int64_t i = 0; i < v.size(0); ++i) {
    const at::Tensor best =
        std::get<0>(order[i].narrow(0, 0, std::min(k, order.size(1))).sort());
    const at::Tensor dense = best.contiguous();
    const auto* first = dense.data_ptr<std::int64_t>();
    chosen.emplace_back(first, first + dense.numel());
  }
  return chosen;
}

Begun non_negative(const MethodContext& context, const MethodInput& input) {
  return solved(context, input, [](auto& c, auto& in, const at::Tensor& v) {
    if (in.parameter == 0) return non_negative_least_squares(c.atoms, v);
    return non_negative_least_squares(c.atoms, v,
                                      nearest(c.atoms, v, count_of(in)));
  });
}

Begun signed_lasso(const MethodContext& context, const MethodInput& input) {
  return solved(context, input, [](auto& c, auto& in, const at::Tensor& v) {
    return lasso(c.atoms, v, in.parameter, Signs::both).codes;
  });
}

Begun positive_lasso(const MethodContext& context, const MethodInput& input) {
  return solved(context, input, [](auto& c, auto& in, const at::Tensor& v) {
    return lasso(c.atoms, v, in.parameter, Signs::positive).codes;
  });
}

Begun ridge_all(const MethodContext& context, const MethodInput& input) {
  return solved(context, input, [](auto& c, auto& in, const at::Tensor& v) {
    return ridge(c.atoms, v, in.parameter);
  });
}

// Least squares on the features that f(v) has.
Begun on_encode_support(const MethodContext& context,
                        const MethodInput& input) {
  const auto codes = context.pass.encode(input.vectors, input.b_dec_input);
  return [&context, input, codes] {
    const at::Tensor active = context.pass.result(codes).ne(0);
    std::vector<std::vector<std::int64_t>> support;
    for (std::int64_t i = 0; i < active.size(0); ++i) {
      const at::Tensor features = active[i].nonzero().flatten().contiguous();
      const auto* first = features.data_ptr<std::int64_t>();
      support.emplace_back(first, first + features.numel());
    }
    return MethodCodes{
        least_squares(context.atoms, input.vectors.to(at::kDouble), support),
        {},
        {}};
  };
}

MethodTraits solver(const char* name, const char* description) {
  MethodTraits traits;
  traits.name = name;
  traits.description = description;
  traits.rows = CodeRows::unit;
  return traits;
}

MethodTraits counting(const char* name, const char* description) {
  MethodTraits traits = solver(name, description);
  traits.smallest = 1;
  traits.largest = 4096;
  traits.usual = 32;
  traits.whole = true;
  return traits;
}

MethodTraits weighing(const char* name, const char* description,
                      double smallest, double largest, double usual) {
  MethodTraits traits = solver(name, description);
  traits.smallest = smallest;
  traits.largest = largest;
  traits.usual = usual;
  return traits;
}

MethodTraits optionally(MethodTraits traits) {
  traits.optional = true;
  return traits;
}

MethodTraits encoding(MethodTraits traits) {
  traits.encodes = true;
  return traits;
}

}  // namespace

const DecompositionMethod kMatchingPursuit{
    counting("omp", "orthogonal matching pursuit of K atoms, signed"), omp};
const DecompositionMethod kGradientPursuit{
    counting("pursuit", "gradient pursuit of K steps, signed"), pursuit};
const DecompositionMethod kClippedPursuit{
    counting("pursuit-clipped", "gradient pursuit of K steps, never negative"),
    clipped_pursuit};
const DecompositionMethod kNonNegative{
    optionally(counting("nnls",
                        "non-negative least squares on all atoms, or the K of "
                        "largest |<v, d>|")),
    non_negative};
const DecompositionMethod kLasso{
    weighing("lasso", "L1-regularised, lambda = X of the largest |<v, d>|",
             1e-6, 1, 0.1),
    signed_lasso};
const DecompositionMethod kPositiveLasso{
    weighing("lasso-positive",
             "L1-regularised, never negative, lambda = X of the largest <v, d>",
             1e-6, 1, 0.1),
    positive_lasso};
const DecompositionMethod kLeastSquares{
    encoding(solver("least-squares",
                    "least squares on the features of f(v), shortest if "
                    "ambiguous")),
    on_encode_support};
const DecompositionMethod kRidge{
    weighing("ridge", "least squares on all atoms with X times the squares", 0,
             1e6, 0.1),
    ridge_all};

}  // namespace coxswain::jobs
