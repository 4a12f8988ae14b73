#include "runner/sweep/sweep_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runner/sweep/sweep_names.hpp"

namespace coxswain::runner {
namespace {

// What a layer has to be.
std::string extracted(const Sweep& sweep) {
  constexpr std::size_t kMostNamed = 12;
  const std::vector<int>& all = sweep.vector_layers;
  return all.size() > kMostNamed
             ? fmt::format("one of the {} that [vector] layers extracts",
                           all.size())
             : fmt::format("one that [vector] layers extracts: {}",
                           fmt::join(all, ", "));
}

bool among(const std::vector<int>& layers, int layer) {
  return std::ranges::count(layers, layer) > 0;
}

bool among(const std::vector<jobs::MethodChoice>& methods,
           const jobs::MethodChoice& method) {
  return std::ranges::count(
             methods, jobs::spelling(method),
             [](const auto& one) { return jobs::spelling(one); }) > 0;
}

void check_steering(const TableReader& root, const Sweep& sweep) {
  for (const int layer : sweep.steer.layers) {
    if (!among(sweep.vector_layers, layer)) {
      root.fail("steer", "layer " + std::to_string(layer) + " in layers",
                extracted(sweep));
    }
  }
  for (const jobs::MethodChoice& method : sweep.steer.methods) {
    if (!among(sweep.decompose.methods, method)) {
      root.fail("steer", "method " + jobs::spelling(method),
                "one of [decompose] methods");
    }
  }
}

// What the reconstructions of resampled vectors are compared with is there.
void check_resampled(const TableReader& root, const Sweep& sweep) {
  for (const jobs::MethodChoice& method : sweep.steer.resampled_methods) {
    const std::string found = "resampled_methods " + jobs::spelling(method);
    if (!among(sweep.steer.methods, method)) {
      root.fail("steer", found, "one of [steer] methods");
    }
    if (jobs::traits_of(method.name).activations) {
      root.fail("steer", found,
                "a method that takes a vector alone: the activations that this "
                "one needs, too, are not resampled");
    }
    if (!steers_with(sweep, jobs::VariantSource::resampled) ||
        !steers_with(sweep, jobs::VariantSource::reconstruction)) {
      root.fail("steer", found,
                "[vector] resample = N, with original and reconstruction "
                "among the variants");
    }
  }
}

// What vectors of fewer clusters are held against is steered, too.
void check_train_clusters(const TableReader& root, const Sweep& sweep) {
  if (sweep.train_clusters.empty()) return;
  if (!sweep.stored.source.empty()) {
    root.fail("vector", "train_clusters with from",
              "a model to steer: nobody measures slopes of stored activations");
  }
  if (!steers_with(sweep, jobs::VariantSource::original)) {
    root.fail("steer", "no original among the variants",
              "it, beside vectors of fewer train_clusters");
  }
}

void check_rebuilding(const TableReader& root, const Sweep& sweep) {
  bool rebuilds = false;
  for (const SaeEntry& sae : sweep.saes) {
    if (!among(sweep.vector_layers, sae.layer)) {
      root.fail("sae", sae.id + " at layer " + std::to_string(sae.layer),
                extracted(sweep));
    }
    rebuilds = rebuilds || among(sweep.steer.layers, sae.layer);
  }
  for (const VariantKind& variant : sweep.steer.variants) {
    const bool needs_sae =
        variant.source == jobs::VariantSource::reconstruction ||
        variant.source == jobs::VariantSource::zero_reconstruction;
    if (needs_sae && !rebuilds) {
      root.fail("steer", spelling(variant) + " among the variants",
                "an SAE at one of the steered layers");
    }
  }
  const bool zero_possible =
      std::ranges::any_of(sweep.steer.methods, [](const auto& method) {
        return !jobs::traits_of(method.name).activations;
      });
  if (!zero_possible &&
      steers_with(sweep, jobs::VariantSource::zero_reconstruction)) {
    root.fail("steer", "zero-reconstruction among the variants",
              "a method that takes the zero vector apart, which has no "
              "activations");
  }
}

// What other methods make of a behaviour's pairs is a behaviour of its own.
void check_made_names(const TableReader& root, const Sweep& sweep) {
  for (const jobs::VectorMethod method : sweep.vector_methods) {
    if (method == jobs::VectorMethod::mean_difference) continue;
    for (const DataEntry& one : sweep.data) {
      const std::string name = made_name(method, one.behaviour);
      if (name.size() > kMaxName) {
        root.fail("vector", "\"" + name + "\" in results",
                  "at most 64 bytes: a shorter behaviour");
      }
      if (std::ranges::count(sweep.data, name, &DataEntry::behaviour) > 0) {
        root.fail("data", "\"" + name + "\"",
                  "another name: the vector of that method is called so");
      }
    }
  }
}

void check_behaviours(const TableReader& root, const Sweep& sweep) {
  const auto counts_other = [](const ControlCount& one) {
    return one.control == jobs::Control::other;
  };
  const bool other =
      std::ranges::any_of(sweep.decompose.controls, counts_other) ||
      steers_with(sweep, jobs::VariantSource::other);
  if (other && !makes(sweep, jobs::VectorMethod::mean_difference)) {
    root.fail("vector", "method without mean-difference",
              "it among them, for the control other: only mean differences "
              "stand in for others");
  }
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
  check_resampled(root, sweep);
  check_train_clusters(root, sweep);
  check_rebuilding(root, sweep);
  check_behaviours(root, sweep);
  check_made_names(root, sweep);
}

}  // namespace coxswain::runner
