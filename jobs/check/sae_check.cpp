#include "jobs/check/sae_check.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "jobs/device/fixed_sums.hpp"
#include "jobs/device/own_errors.hpp"
#include "jobs/model/transformer.hpp"
#include "jobs/sae/sae_fit.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/sinks.hpp"

namespace coxswain::jobs {
namespace {

constexpr std::int64_t kRowsPerLayer = 256;

// resid_post of every block at every position but the first, without sinks:
// [n, d_model].
std::vector<at::Tensor> activations_of(
    const Transformer& model, const std::vector<ContrastTokens>& prompts) {
  std::vector<at::Tensor> by_layer;
  const PackedPrompts packed(prompts, PackedPrompts::Siblings::none);
  // First positions are attention sinks in most models: SAEs do not explain
  // them, and they would be most of the variance.
  const std::vector<std::int64_t> second(prompts.size(), 1);
  clean_pass(
      model, packed, model.architecture().n_layers - 1,
      packed.rows_from(second), [&](const BlockState& state) {
        const at::Tensor x = state.wanted().to(at::kFloat);
        const at::Tensor norms = row_norms(x);
        by_layer.push_back(x.index({norms.le(kSinkMedians * norms.median())}));
      });
  return by_layer;
}

SaeCheck check_one(const SparseAutoencoder& sae, const at::Tensor& x) {
  SaeCheck check;
  check.n_activations = x.size(0);
  const at::Tensor mean = column_means(x);
  const auto mean_norm = [](const at::Tensor& rows) {
    return vector_sum(row_norms(rows)) / static_cast<double>(rows.size(0));
  };
  check.mean_norm = mean_norm(x);
  check.mean_distance = mean_norm(x - mean);
  check.b_dec_norm = vector_norm(sae.b_dec);
  check.b_dec_cosine = vector_dot(mean, sae.b_dec) /
                       std::max(vector_norm(mean) * check.b_dec_norm,
                                std::numeric_limits<double>::min());
  // Input as the SAE takes it, scaled to an average norm of sqrt(d_in), which
  // is what some were trained on, and, if the SAE scales it, unscaled.
  const double own = sae.header.input_scale;
  const double to_root =
      std::sqrt(static_cast<double>(sae.header.d_in)) / check.mean_norm;
  const bool constant =
      sae.header.normalisation == InputNormalisation::none &&
      sae.header.architecture != SaeArchitecture::matching_pursuit;
  std::vector<double> scales{own};
  if (constant && std::abs(to_root / own - 1) > 0.01) scales.push_back(to_root);
  if (constant && own != 1) scales.push_back(1);
  for (const double scale : scales) {
    for (const bool subtract :
         {sae.header.b_dec_input, !sae.header.b_dec_input}) {
      const SaeFit fit = fit_of(sae, x * (scale / own), subtract);
      check.fits.push_back(
          {subtract, scale, fit.explained_variance, fit.l0, fit.dead_share});
    }
  }
  check.best = static_cast<std::size_t>(
      std::max_element(check.fits.begin(), check.fits.end(),
                       [](const auto& a, const auto& b) {
                         return a.explained_variance < b.explained_variance;
                       }) -
      check.fits.begin());
  return check;
}

// An SAE of another layer explains something here, too, but less than there.
void find_layer(const SparseAutoencoder& sae,
                const std::vector<at::Tensor>& activations, int layer,
                SaeCheck& check) {
  const ConventionFit& rules = check.fits[check.best];
  check.explained_there = -std::numeric_limits<double>::infinity();
  for (int other = 0; other < std::ssize(activations); ++other) {
    const at::Tensor& all = activations[static_cast<std::size_t>(other)];
    const at::Tensor x = all.narrow(0, 0, std::min(kRowsPerLayer, all.size(0)));
    const double explained =
        fit_of(sae, x * (rules.input_scale / sae.header.input_scale),
               rules.subtracts_b_dec)
            .explained_variance;
    if (other == layer) check.explained_here = explained;
    if (explained > check.explained_there) {
      check.explained_there = explained;
      check.best_layer = other;
    }
  }
}

}  // namespace

std::vector<SaeCheck> check_saes(const ModelSource& model,
                                 const std::vector<ContrastTokens>& prompts,
                                 const std::vector<SaeToCheck>& saes) {
  const at::NoGradGuard no_gradients;
  std::vector<at::Tensor> activations;
  // The model's memory is the SAEs' afterwards.
  with_own_errors(model.path, [&] {
    activations = activations_of(load_model(model), prompts);
  });
  std::vector<SaeCheck> checks;
  for (const SaeToCheck& one : saes) {
    with_own_errors(one.path, [&] {
      const SparseAutoencoder sae = read_or_stream_sae(one.path, one.options);
      checks.push_back(
          check_one(sae, activations.at(static_cast<std::size_t>(one.layer))));
      find_layer(sae, activations, one.layer, checks.back());
    });
  }
  return checks;
}

}  // namespace coxswain::jobs
