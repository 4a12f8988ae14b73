#include "runner/plan.hpp"

#include <algorithm>
#include <limits>

#include "jobs/sae/sae_check.hpp"
#include "runner/exit_code.hpp"
#include "runner/grid.hpp"
#include "storage/contrast_pairs.hpp"
#include "storage/digest.hpp"
#include "storage/fault.hpp"

namespace coxswain::runner {
namespace {

std::string checked_digest(const Sweep& sweep, const std::string& path) {
  const std::string digest = jobs::model_digest(path);
  if (!sweep.model.sha256.empty() && digest != sweep.model.sha256) {
    throw ProgramError(
        ExitCode::bad_model,
        storage::sentence({path, "SHA-256", digest,
                           sweep.model.sha256 + " (the sweep file says)",
                           "fetch the file again, or change sha256"}));
  }
  return digest;
}

void check_layers(const Sweep& sweep, const jobs::ModelHeader& model) {
  for (const int layer : sweep.vector_layers) {
    if (layer >= model.architecture.n_layers) {
      throw ProgramError(
          ExitCode::bad_sweep,
          storage::sentence(
              {sweep.path, "vector.layers", std::to_string(layer),
               "0 to " + std::to_string(model.architecture.n_layers - 1) +
                   ", the blocks of " + sweep.model.source,
               ""}));
    }
  }
}

struct PlannedSae {
  jobs::SaeSource source;
  jobs::SaeHeader header;
};

// What is changed as a whole when it is loaded has to fit into memory.
void refuse_too_large(const std::string& path, const jobs::SaeHeader& header) {
  if (header.in_blocks || header.bytes() <= jobs::kMostInMemory) return;
  throw ProgramError(
      ExitCode::bad_sae,
      storage::sentence(
          {path, "d_sae", std::to_string(header.d_sae) + " features",
           "at most " + std::to_string(jobs::kMostInMemory >> 30) +
               " GiB of float32 weights: this kind is changed as a whole when "
               "it is loaded, and can't be read in blocks",
           ""}));
}

PlannedSae read_sae(const Sweep& sweep, const SaeEntry& entry,
                    const jobs::ModelHeader& model) {
  const std::string path = sweep.resolve(entry.source);
  PlannedSae sae;
  sae.header = jobs::read_sae_header(path, entry.options);
  if (sae.header.d_in != model.architecture.d_model) {
    throw ProgramError(
        ExitCode::bad_sae,
        storage::sentence({path, "d_in", std::to_string(sae.header.d_in),
                           std::to_string(model.architecture.d_model) +
                               " (the model's d_model)",
                           "take an SAE that was trained on this model"}));
  }
  const std::string hook =
      sweep.stored.hook.empty()
          ? "blocks." + std::to_string(entry.layer) + ".hook_resid_post"
          : sweep.stored.hook;
  if (!sae.header.transcoder && sae.header.hook.starts_with("blocks.") &&
      sae.header.hook != hook) {
    throw ProgramError(
        ExitCode::bad_sae,
        storage::sentence({path, "hook_name", sae.header.hook,
                           hook + " (the sweep's layer)",
                           "change the layer of [[sae]] " + entry.id}));
  }
  if (sae.header.transcoder) {
    throw ProgramError(
        ExitCode::bad_sae,
        storage::sentence(
            {path, "transcoder",
             "an SAE that reads " +
                 (sae.header.hook.empty() ? "one site" : sae.header.hook) +
                 " and writes another",
             "one that rebuilds resid_post",
             "steering vectors are of the residual stream"}));
  }
  jobs::SaeOptions options = entry.options;
  options.format = sae.header.format;
  refuse_too_large(path, sae.header);
  sae.source = {path, options, jobs::sae_digest(sae.header), sae.header.facts,
                entry.any_fit ? -std::numeric_limits<double>::infinity()
                              : jobs::kLeastExplained};
  return sae;
}

jobs::Behaviour read_behaviour(const Sweep& sweep, const DataEntry& data,
                               const jobs::ModelHeader& model,
                               const std::string& path) {
  jobs::BehaviourRules rules;
  rules.chat_template = *jobs::template_of(data.chat_template);
  rules.chat_template.strips_answers = data.strip_answers;
  rules.system = data.system;
  rules.positions = sweep.steer.positions;
  rules.train_items = data.train_items;
  rules.test_items = data.test_items;
  return jobs::prepare_behaviour(storage::read_contrast_pairs(path), rules,
                                 model, path);
}

void add_saes(Plan& plan, Grid& grid) {
  for (const SaeEntry& entry : plan.sweep.saes) {
    const PlannedSae sae = blame(ExitCode::bad_sae, [&] {
      return read_sae(plan.sweep, entry, plan.model);
    });
    grid.add_sae(entry, sae.source, sae.header);
    for (const std::string& note : sae.header.notes) {
      plan.notes.push_back("SAE " + entry.id + ": " + note);
    }
    if (sae.header.normalisation != jobs::InputNormalisation::none) {
      plan.notes.push_back("SAE " + entry.id +
                           ": it normalises its input, so scales of the "
                           "vector make no difference to encode, and "
                           "differences of codes add up to its own units: of "
                           "these, cosines alone mean something");
    }
  }
}

void check_stored_layers(const Sweep& sweep,
                         const storage::StoredActivations& stored) {
  for (const int layer : sweep.vector_layers) {
    if (stored.layers.empty() ? sweep.vector_layers.size() == 1
                              : std::ranges::count(stored.layers, layer) > 0) {
      continue;
    }
    throw ProgramError(
        ExitCode::bad_sweep,
        storage::sentence({sweep.path, "vector.layers", std::to_string(layer),
                           stored.layers.empty()
                               ? "one layer, as " + stored.file + " has"
                               : "a layer that " + stored.file + " has",
                           ""}));
  }
}

// No model is read: all there is of it is the width of what it left.
Plan make_stored_plan(const Sweep& sweep) {
  Plan plan;
  plan.sweep = sweep;
  storage::StoredActivations stored;
  std::string digest;
  blame(ExitCode::bad_data, [&] {
    stored =
        storage::open_stored_activations(sweep.resolve(sweep.stored.source));
    digest = storage::sha256_of_file(stored.file);
  });
  check_stored_layers(sweep, stored);
  plan.sweep.model.id =
      stored.model.empty() ? sweep.stored.model : stored.model;
  plan.model.format = "stored";
  plan.model.dtype = "F32";
  plan.model.architecture.d_model = stored.d_in;
  for (const ControlCount& one : sweep.decompose.controls) {
    if (one.control != jobs::Control::other || stored.behaviours.size() > 1) {
      continue;
    }
    throw ProgramError(ExitCode::bad_sweep,
                       storage::sentence({sweep.path, "decompose.controls",
                                          "other, with one behaviour",
                                          "two behaviours or more", ""}));
  }
  Grid grid(plan, {"", digest, sweep.compute});
  add_saes(plan, grid);
  grid.add_stored(stored, digest);
  grid.finish();
  return plan;
}

}  // namespace

Plan make_plan(const Sweep& sweep) {
  if (!sweep.stored.source.empty()) return make_stored_plan(sweep);
  Plan plan;
  plan.sweep = sweep;
  const std::string model_path = sweep.resolve(sweep.model.source);
  jobs::ModelSource source{model_path, "", sweep.compute};
  blame(ExitCode::bad_model, [&] {
    plan.model = jobs::read_model_header(model_path);
    source.digest = checked_digest(sweep, model_path);
  });
  check_layers(sweep, plan.model);
  plan.notes = plan.model.notes;
  Grid grid(plan, source);
  add_saes(plan, grid);
  for (const DataEntry& data : sweep.data) {
    const std::string path = sweep.resolve(data.source);
    jobs::Behaviour behaviour = blame(ExitCode::bad_data, [&] {
      return read_behaviour(sweep, data, plan.model, path);
    });
    grid.add_behaviour(data, std::move(behaviour),
                       storage::sha256_of_file(path));
  }
  grid.finish();
  return plan;
}

}  // namespace coxswain::runner
