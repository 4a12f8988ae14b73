#include "runner/plan/model_input.hpp"

#include <utility>

#include "runner/base/exit_code.hpp"
#include "runner/plan/behaviour_input.hpp"
#include "storage/files/fault.hpp"

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

void check_layers(const Sweep& sweep, const ModelEntry& entry,
                  const jobs::ModelHeader& model, const char* key,
                  const std::vector<int>& layers) {
  for (const int layer : layers) {
    if (layer < model.architecture.n_layers) continue;
    throw ProgramError(
        ExitCode::bad_sweep,
        storage::Fault{sweep.path, key, std::to_string(layer),
                       "0 to " +
                           std::to_string(model.architecture.n_layers - 1) +
                           ", the blocks of " + entry.source,
                       ""});
  }
}

// Asked of all its behaviours, so that exclusions know what they take out.
bool wants_any_vector(PlanBuilder& builder, const ModelEntry& model) {
  bool any = false;
  for (const DataEntry& data : builder.sweep().data) {
    if (!is_for(data.models, model)) continue;
    for (const jobs::VectorMethod method : builder.sweep().vector_methods) {
      const std::string name = made_name(method, data.behaviour);
      any = wants_vectors(builder, model.id, name) || any;
    }
    for (const VectorFileEntry& own : builder.sweep().vector_files) {
      if (!is_for(own.models, model) || !steers_on(own, data.behaviour))
        continue;
      any = wants_vectors(builder, model.id, own_name(own, data.behaviour)) ||
            any;
    }
  }
  return any;
}

}  // namespace

ModelIndex add_model(PlanBuilder& builder, const ModelEntry& entry,
                     const DigestSource& digests) {
  if (!wants_any_vector(builder, entry)) return {};
  const Sweep& sweep = builder.sweep();
  const std::string path = sweep.resolve(entry.source);
  jobs::ModelHeader header;
  jobs::ModelSource source{path, "", sweep.compute};
  blame(ExitCode::bad_model, [&] {
    header = jobs::read_model_header(path);
    source.digest = checked_digest(entry, path, digests);
  });
  check_layers(sweep, entry, header, "vector.layers", sweep.vector_layers);
  check_layers(sweep, entry, header, "store.layers", sweep.store.layers);
  check_layers(sweep, entry, header, "observe.layers", sweep.observe.layers);
  for (const PlannedModel& one : builder.plan().models) {
    if (one.source.digest == source.digest &&
        one.entry.prompt == entry.prompt) {
      builder.add_note("model " + entry.id + " is model " + one.entry.id +
                       ": taken once");
      return {};
    }
  }
  builder.add_source(path,
                     {header.file_bytes,
                      header.n_weights * jobs::weight_bytes(sweep.compute)});
  for (const std::string& note : header.notes) builder.add_note(note);
  PlannedModel model;
  model.entry = entry;
  model.source = source;
  model.header = std::move(header);
  return builder.add_model(std::move(model));
}

}  // namespace coxswain::runner
