#include "runner/plan/plan.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>

#include "jobs/check/sae_check.hpp"
#include "jobs/cost/decompose_cost.hpp"
#include "runner/base/exit_code.hpp"
#include "runner/plan/grid.hpp"
#include "storage/files/fault.hpp"
#include "storage/texts/contrast_pairs.hpp"

namespace coxswain::runner {
namespace {

std::string checked_digest(const ModelEntry& model, const std::string& path,
                           const DigestSource& digests) {
  const std::string digest = digests.model(path);
  if (digests.genuine() && !model.sha256.empty() && digest != model.sha256) {
    throw ProgramError(
        ExitCode::bad_model,
        storage::Fault{path, "SHA-256", digest,
                       model.sha256 + " (the sweep file says)",
                       "fetch the file again, or change sha256"});
  }
  return digest;
}

// Arrays of results.h5 have one width.
void check_width(const Plan& plan, const ModelEntry& entry,
                 const jobs::ModelHeader& model) {
  if (plan.models.empty()) return;
  const PlannedModel& first = plan.models.front();
  const auto width = first.header.architecture.d_model;
  if (model.architecture.d_model == width) return;
  throw ProgramError(
      ExitCode::bad_sweep,
      storage::Fault{
          plan.sweep.path, "model." + entry.id,
          "d_model " + std::to_string(model.architecture.d_model),
          std::to_string(width) + ", as model " + first.entry.id + " has",
          "sweep models of different widths one by one, each with a name and "
          "a run directory of its own"});
}

void check_layers(const Sweep& sweep, const ModelEntry& entry,
                  const jobs::ModelHeader& model, const char* key,
                  const std::vector<int>& layers) {
  for (const int layer : layers) {
    if (layer >= model.architecture.n_layers) {
      throw ProgramError(
          ExitCode::bad_sweep,
          storage::Fault{sweep.path, key, std::to_string(layer),
                         "0 to " +
                             std::to_string(model.architecture.n_layers - 1) +
                             ", the blocks of " + entry.source,
                         ""});
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
      storage::Fault{
          path, "d_sae", std::to_string(header.d_sae) + " features",
          "at most " + std::to_string(jobs::kMostInMemory >> 30) +
              " GiB of float32 weights: this kind is changed as a whole when "
              "it is loaded, and can't be read in blocks",
          ""});
}

PlannedSae read_sae(const Sweep& sweep, const SaeEntry& entry,
                    const jobs::ModelHeader& model,
                    const DigestSource& digests) {
  const std::string path = sweep.resolve(entry.source);
  PlannedSae sae;
  sae.header = jobs::read_sae_header(path, entry.options);
  if (sae.header.d_in != model.architecture.d_model) {
    throw ProgramError(
        ExitCode::bad_sae,
        storage::Fault{path, "d_in", std::to_string(sae.header.d_in),
                       std::to_string(model.architecture.d_model) +
                           " (the model's d_model)",
                       "take an SAE that was trained on this model"});
  }
  const std::string hook =
      sweep.stored.hook.empty()
          ? "blocks." + std::to_string(entry.layer) + ".hook_resid_post"
          : sweep.stored.hook;
  if (!sae.header.transcoder && sae.header.hook.starts_with("blocks.") &&
      sae.header.hook != hook) {
    throw ProgramError(
        ExitCode::bad_sae,
        storage::Fault{path, "hook_name", sae.header.hook,
                       hook + " (the sweep's layer)",
                       "change the layer of [[sae]] " + entry.id});
  }
  if (sae.header.transcoder) {
    throw ProgramError(
        ExitCode::bad_sae,
        storage::Fault{
            path, "transcoder",
            "an SAE that reads " +
                (sae.header.hook.empty() ? "one site" : sae.header.hook) +
                " and writes another",
            "one that rebuilds resid_post",
            "steering vectors are of the residual stream"});
  }
  jobs::SaeOptions options = entry.options;
  options.format = sae.header.format;
  refuse_too_large(path, sae.header);
  sae.source = {path, options, digests.sae(sae.header), sae.header.facts,
                entry.any_fit ? -std::numeric_limits<double>::infinity()
                              : jobs::kLeastExplained};
  return sae;
}

jobs::Behaviour read_behaviour(const Sweep& sweep, const DataEntry& data,
                               const jobs::ModelHeader& model,
                               const std::string& path) {
  jobs::BehaviourRules rules;
  rules.chat_template = *jobs::template_of(data.prompt.chat_template);
  rules.chat_template.strips_answers = data.prompt.strip_answers;
  rules.system = data.prompt.system;
  rules.positions = sweep.steer.positions;
  rules.train_items = data.train_items;
  rules.test_items = data.test_items;
  rules.letters = data.letters;
  // Those of extract tasks need no more than vectors do.
  if (!sweep.keep_activations) rules.strings = sweep.store.tokens;
  return jobs::prepare_behaviour(storage::read_contrast_pairs(path), rules,
                                 model, path);
}

std::int64_t bytes_of(const std::vector<std::string>& files) {
  std::int64_t bytes = 0;
  for (const std::string& file : files) {
    bytes += static_cast<std::int64_t>(std::filesystem::file_size(file));
  }
  return bytes;
}

// Said once, whatever number of models it is true for.
void add_note(Plan& plan, const std::string& note) {
  if (std::ranges::count(plan.notes, note) == 0) plan.notes.push_back(note);
}

// Those of the model that was added last.
void add_saes(Plan& plan, Grid& grid, const DigestSource& digests) {
  const PlannedModel model = plan.models.back();
  for (const SaeEntry& entry : plan.sweep.saes) {
    if (!is_for(entry.models, model.entry) || !grid.wants(entry)) continue;
    const PlannedSae sae = blame(ExitCode::bad_sae, [&] {
      return read_sae(plan.sweep, entry, model.header, digests);
    });
    const std::string same = grid.add_sae(entry, sae.source, sae.header);
    if (!same.empty()) {
      add_note(plan, "SAE " + entry.id + " is SAE " + same + ": taken once");
      continue;
    }
    plan.sources[sae.source.path] = {bytes_of(sae.header.files),
                                     jobs::resident_bytes(sae.header)};
    for (const std::string& note : sae.header.notes) {
      add_note(plan, "SAE " + entry.id + ": " + note);
    }
    if (sae.header.normalisation != jobs::InputNormalisation::none) {
      add_note(plan, "SAE " + entry.id +
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
        storage::Fault{sweep.path, "vector.layers", std::to_string(layer),
                       stored.layers.empty()
                           ? "one layer, as " + stored.file + " has"
                           : "a layer that " + stored.file + " has",
                       ""});
  }
}

// No model is read: all there is of it is the width of what it left.
Plan make_stored_plan(const Sweep& sweep, const DigestSource& digests) {
  Plan plan;
  plan.sweep = sweep;
  plan.notes = sweep.notes;
  storage::StoredActivations stored;
  std::string digest;
  blame(ExitCode::bad_data, [&] {
    stored =
        storage::open_stored_activations(sweep.resolve(sweep.stored.source));
    digest = digests.file(stored.file);
  });
  check_stored_layers(sweep, stored);
  ModelEntry entry;
  entry.id = stored.model.empty() ? sweep.stored.model : stored.model;
  jobs::ModelHeader model;
  model.format = "stored";
  model.dtype = "F32";
  model.architecture.d_model = stored.d_in;
  for (const ControlCount& one : sweep.decompose.controls) {
    if (one.control != jobs::Control::other || stored.behaviours.size() > 1) {
      continue;
    }
    throw ProgramError(ExitCode::bad_sweep,
                       storage::Fault{sweep.path, "decompose.controls",
                                      "other, with one behaviour",
                                      "two behaviours or more", ""});
  }
  std::vector<std::string> behaviours;
  for (const auto& one : stored.behaviours) behaviours.push_back(one.name);
  Grid grid(plan);
  if (grid.wants(entry, behaviours)) {
    grid.add_model(entry, model, {"", digest, sweep.compute});
    add_saes(plan, grid, digests);
    grid.add_stored(stored, digest);
  }
  grid.finish();
  return plan;
}

std::vector<std::string> behaviours_of(const Sweep& sweep,
                                       const ModelEntry& model) {
  std::vector<std::string> names;
  for (const DataEntry& data : sweep.data) {
    if (is_for(data.models, model)) names.push_back(data.behaviour);
  }
  return names;
}

void add_behaviours(Plan& plan, Grid& grid, const DigestSource& digests) {
  const PlannedModel model = plan.models.back();
  for (const DataEntry& entry : plan.sweep.data) {
    if (!is_for(entry.models, model.entry)) continue;
    const DataEntry data = shown_to(model.entry, entry);
    const std::string path = plan.sweep.resolve(data.source);
    jobs::Behaviour behaviour = blame(ExitCode::bad_data, [&] {
      return read_behaviour(plan.sweep, data, model.header, path);
    });
    const std::string same =
        grid.add_behaviour(data, std::move(behaviour), digests.file(path));
    if (!same.empty()) {
      add_note(plan, "behaviour " + data.behaviour + " is behaviour " + same +
                         ": taken once");
    }
  }
}

// For the model that was added last.
void add_reference_text(Plan& plan, Grid& grid) {
  const ObserveEntry& observe = plan.sweep.observe;
  if (observe.text.empty()) return;
  const std::string path = plan.sweep.resolve(observe.text);
  const auto texts = blame(ExitCode::bad_data, [&] {
    return jobs::reference_tokens(path, observe.rules,
                                  plan.models.back().header);
  });
  grid.add_reference_text(texts);
  std::int64_t n = 0;
  for (const auto& text : texts) n += std::ssize(text);
  if (n < observe.rules.tokens) {
    add_note(plan, path + " has " + std::to_string(n) + " tokens, of " +
                       std::to_string(observe.rules.tokens) +
                       " that are to be observed");
  }
}

}  // namespace

std::int64_t width_of(const Plan& plan) {
  return plan.models.empty() ? 0
                             : plan.models.front().header.architecture.d_model;
}

const jobs::Architecture& architecture_of(const Plan& plan,
                                          const jobs::ModelSource& source) {
  return std::ranges::find(plan.models, source.path,
                           [](const PlannedModel& one) -> const std::string& {
                             return one.source.path;
                           })
      ->header.architecture;
}

Plan make_plan(const Sweep& sweep) {
  return make_plan(sweep, *whole_file_digests());
}

Plan make_plan(const Sweep& sweep, const DigestSource& digests) {
  if (!sweep.stored.source.empty()) return make_stored_plan(sweep, digests);
  Plan plan;
  plan.sweep = sweep;
  plan.notes = sweep.notes;
  Grid grid(plan);
  for (const ModelEntry& model : sweep.models) {
    if (!grid.wants(model, behaviours_of(sweep, model))) continue;
    const std::string path = sweep.resolve(model.source);
    jobs::ModelHeader header;
    jobs::ModelSource source{path, "", sweep.compute};
    blame(ExitCode::bad_model, [&] {
      header = jobs::read_model_header(path);
      source.digest = checked_digest(model, path, digests);
    });
    check_width(plan, model, header);
    check_layers(sweep, model, header, "vector.layers", sweep.vector_layers);
    check_layers(sweep, model, header, "store.layers", sweep.store.layers);
    check_layers(sweep, model, header, "observe.layers", sweep.observe.layers);
    const std::string same = grid.add_model(model, header, source);
    if (!same.empty()) {
      add_note(plan,
               "model " + model.id + " is model " + same + ": taken once");
      continue;
    }
    plan.sources[path] = {header.file_bytes,
                          header.n_weights * jobs::weight_bytes(sweep.compute)};
    for (const std::string& note : header.notes) add_note(plan, note);
    add_saes(plan, grid, digests);
    add_behaviours(plan, grid, digests);
    add_reference_text(plan, grid);
  }
  grid.finish();
  return plan;
}

}  // namespace coxswain::runner
