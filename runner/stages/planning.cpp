#include "runner/stages/planning.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "runner/base/exit_code.hpp"
#include "runner/plan/behaviour_input.hpp"
#include "runner/plan/method_vector_input.hpp"
#include "runner/plan/model_input.hpp"
#include "runner/plan/own_vector_input.hpp"
#include "runner/plan/sae_input.hpp"
#include "runner/stages/activations_stage.hpp"
#include "runner/stages/activity_stage.hpp"
#include "runner/stages/contexts_stage.hpp"
#include "runner/stages/decomposition_stage.hpp"
#include "runner/stages/evaluation_stage.hpp"
#include "runner/stages/extraction_stage.hpp"
#include "runner/stages/norms_stage.hpp"
#include "runner/stages/sign_null_stage.hpp"
#include "runner/stages/steering_stage.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

// Every stage, in the order in which they plan and are sealed: behind those
// that they are made of. A new one is one line.
std::vector<std::shared_ptr<Stage>> make_stages(
    const ImportedActivations* imported) {
  const auto extraction = std::make_shared<ExtractionStage>(imported);
  const auto decomposition = std::make_shared<DecompositionStage>(*extraction);
  const auto evaluation = std::make_shared<EvaluationStage>(*extraction);
  const auto steering =
      std::make_shared<SteeringStage>(*extraction, *decomposition, *evaluation);
  const auto norms = std::make_shared<NormsStage>(*extraction);
  const auto activity = std::make_shared<ActivityStage>(*extraction);
  const auto contexts = std::make_shared<ContextsStage>(*activity);
  const auto activations = std::make_shared<ActivationsStage>(*extraction);
  const auto sign_null = std::make_shared<SignNullStage>(*extraction);
  return {extraction, decomposition, steering,    evaluation, norms,
          activity,   contexts,      activations, sign_null};
}

Texts read_reference_text(PlanBuilder& builder, ModelIndex model) {
  const ObserveEntry& observe = builder.sweep().observe;
  if (observe.text.empty()) return {};
  const std::string path = builder.sweep().resolve(observe.text);
  Texts texts = blame(ExitCode::bad_data, [&] {
    return jobs::reference_tokens(path, observe.rules,
                                  at(builder.plan().models, model).header);
  });
  std::int64_t n = 0;
  for (const auto& text : texts) n += std::ssize(text);
  if (n < observe.rules.tokens) {
    builder.add_note(path + " has " + std::to_string(n) + " tokens, of " +
                     std::to_string(observe.rules.tokens) +
                     " that are to be observed");
  }
  return texts;
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

ImportedActivations read_imported(const Sweep& sweep,
                                  const DigestSource& digests) {
  ImportedActivations imported;
  blame(ExitCode::bad_data, [&] {
    imported.stored =
        storage::open_stored_activations(sweep.resolve(sweep.stored.source));
    imported.digest = digests.file(imported.stored.file);
  });
  check_stored_layers(sweep, imported.stored);
  for (const ControlCount& one : sweep.decompose.controls) {
    if (one.control != jobs::Control::other ||
        imported.stored.behaviours.size() > 1) {
      continue;
    }
    throw ProgramError(ExitCode::bad_sweep,
                       storage::Fault{sweep.path, "decompose.controls",
                                      "other, with one behaviour",
                                      "two behaviours or more", ""});
  }
  return imported;
}

// No model is read: all there is of it is the width of what it left.
ModelIndex add_imported_model(PlanBuilder& builder,
                              const ImportedActivations& imported) {
  const storage::StoredActivations& stored = imported.stored;
  PlannedModel model;
  model.entry.id =
      stored.model.empty() ? builder.sweep().stored.model : stored.model;
  model.source = {"", imported.digest, builder.sweep().compute};
  model.header.format = "stored";
  model.header.dtype = "F32";
  model.header.architecture.d_model = stored.d_in;
  bool any = false;
  for (const auto& one : stored.behaviours) {
    for (const jobs::VectorMethod method : builder.sweep().vector_methods) {
      const std::string name = made_name(method, one.name);
      any = wants_vectors(builder, model.entry.id, name) || any;
    }
  }
  return any ? builder.add_model(std::move(model)) : ModelIndex();
}

}  // namespace

Plan make_plan(const Sweep& sweep) {
  return make_plan(sweep, *whole_file_digests());
}

Plan make_plan(const Sweep& sweep, const DigestSource& digests) {
  std::optional<ImportedActivations> imported;
  if (!sweep.stored.source.empty()) imported = read_imported(sweep, digests);
  PlanBuilder builder(sweep);
  const auto stages = make_stages(imported ? &*imported : nullptr);
  const auto plan_model = [&](ModelIndex model, const Texts& text) {
    for (const auto& stage : stages) stage->plan_model(builder, model, text);
  };
  if (imported) {
    const ModelIndex model = add_imported_model(builder, *imported);
    if (model.there()) {
      add_saes(builder, model, digests);
      add_stored_behaviours(builder, model, imported->stored, imported->digest);
      add_stored_method_vectors(builder, model, imported->stored,
                                imported->digest);
      plan_model(model, {});
    }
  } else {
    for (const ModelEntry& entry : sweep.models) {
      const ModelIndex model = add_model(builder, entry, digests);
      if (!model.there()) continue;
      add_saes(builder, model, digests);
      add_behaviours(builder, model, digests);
      add_method_vectors(builder, model, digests);
      add_own_vectors(builder, model, digests);
      plan_model(model, read_reference_text(builder, model));
    }
  }
  for (const auto& stage : stages) stage->plan(builder);
  return builder.finish({stages.begin(), stages.end()});
}

}  // namespace coxswain::runner
