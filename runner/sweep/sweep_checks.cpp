#include "runner/sweep/sweep_checks.hpp"

#include <algorithm>

namespace coxswain::runner {
namespace {

constexpr const char* kExtracted = "a layer that [vector] extracts";

bool among(const std::vector<int>& layers, int layer) {
  return std::ranges::count(layers, layer) > 0;
}

void check_steering(const TableReader& root, const Sweep& sweep) {
  for (const int layer : sweep.steer.layers) {
    if (!among(sweep.vector_layers, layer)) {
      root.fail("steer", "layer " + std::to_string(layer), kExtracted);
    }
  }
  for (const jobs::MethodChoice& method : sweep.steer.methods) {
    if (std::ranges::none_of(sweep.decompose.methods, [&](const auto& one) {
          return jobs::spelling(one) == jobs::spelling(method);
        })) {
      root.fail("steer", "method " + jobs::spelling(method),
                "one of [decompose] methods");
    }
  }
}

void check_rebuilding(const TableReader& root, const Sweep& sweep) {
  bool rebuilds = false;
  for (const SaeEntry& sae : sweep.saes) {
    if (!among(sweep.vector_layers, sae.layer)) {
      root.fail("sae", sae.id + " at layer " + std::to_string(sae.layer),
                kExtracted);
    }
    rebuilds = rebuilds || among(sweep.steer.layers, sae.layer);
  }
  for (const auto variant : sweep.steer.variants) {
    const bool needs_sae = variant == jobs::VariantSource::reconstruction ||
                           variant == jobs::VariantSource::zero_reconstruction;
    if (needs_sae && !rebuilds) {
      root.fail("steer",
                std::string(jobs::name_of(variant)) + " among the variants",
                "an SAE at one of the steered layers");
    }
  }
  const bool zero_possible =
      std::ranges::any_of(sweep.steer.methods, [](const auto& method) {
        return !jobs::traits_of(method.name).activations;
      });
  if (!zero_possible &&
      std::ranges::count(sweep.steer.variants,
                         jobs::VariantSource::zero_reconstruction) > 0) {
    root.fail("steer", "zero-reconstruction among the variants",
              "a method that takes the zero vector apart, which has no "
              "activations");
  }
}

void check_behaviours(const TableReader& root, const Sweep& sweep) {
  const auto counts_other = [](const ControlCount& one) {
    return one.control == jobs::Control::other;
  };
  const bool other =
      std::ranges::any_of(sweep.decompose.controls, counts_other) ||
      std::ranges::count(sweep.steer.variants, jobs::VariantSource::other) > 0;
  for (const ModelEntry& model : sweep.models) {
    int n = 0;
    for (const DataEntry& one : sweep.data) {
      if (!is_for(one.models, model)) continue;
      ++n;
      const DataEntry data = shown_to(model, one);
      if (sweep.steer.positions.kind == jobs::PositionKind::after_instruction &&
          data.prompt.chat_template == "plain") {
        root.fail("steer",
                  "positions after_instruction with template plain (" +
                      data.behaviour + ")",
                  "a template in which something follows the user's text");
      }
    }
    if (n == 0) root.fail("data", "none for model " + model.id, "one");
    if (other && n < 2) {
      root.fail("data", "one behaviour", "another one, for the control other");
    }
  }
}

}  // namespace

void check_together(const TableReader& root, const Sweep& sweep) {
  check_steering(root, sweep);
  check_rebuilding(root, sweep);
  check_behaviours(root, sweep);
}

}  // namespace coxswain::runner
