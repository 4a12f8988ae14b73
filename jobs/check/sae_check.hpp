#pragma once

#include <string>
#include <vector>

#include "jobs/task/sae_header.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// How an SAE does on activations under one convention.
struct ConventionFit {
  bool subtracts_b_dec = false;
  double input_scale = 1;  // of [[sae]] that stands for it
  double explained_variance = 0, l0 = 0, dead_share = 0;
};

// What check_saes() measured of one SAE; norms are in the activations' units.
struct SaeCheck {
  std::int64_t n_activations = 0;
  double mean_norm = 0;      // of the activations
  double mean_distance = 0;  // of the activations from their mean
  double b_dec_norm = 0;     // about the norm of the mean it was trained on
  double b_dec_cosine = 0;   // to the activations' mean
  std::vector<ConventionFit> fits;  // its own convention first
  std::size_t best = 0;
  // With the best convention, on fewer activations: at its own layer, and at
  // the layer where it explains most.
  double explained_here = 0, explained_there = 0;
  int best_layer = 0;
};

// An SAE that is to be tried, and the layer whose resid_post it should fit.
struct SaeToCheck {
  std::string path;
  SaeOptions options;
  int layer = 0;
};

// Explained variance above which an SAE is taken to belong to the activations.
constexpr double kLeastExplained = 0;

// Runs the model over prompts (their shared tokens; the first position and
// attention sinks, norms above five medians, are left out) and each SAE over
// resid_post of its layer: with b_dec subtracted or not, as it is and scaled to
// an average norm of sqrt(d_in); and over all other layers. Throws JobError or
// storage::StorageError.
std::vector<SaeCheck> check_saes(const ModelSource& model,
                                 const std::vector<ContrastTokens>& prompts,
                                 const std::vector<SaeToCheck>& saes);

}  // namespace coxswain::jobs
