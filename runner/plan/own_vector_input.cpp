#include "runner/plan/own_vector_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "runner/base/exit_code.hpp"
#include "runner/plan/behaviour_input.hpp"
#include "runner/plan/method_vector_input.hpp"
#include "runner/plan/own_vector_values.hpp"
#include "runner/plan/result_rows.hpp"

namespace coxswain::runner {
namespace {

BehaviourIndex planned(const Plan& plan, ModelIndex model,
                       const std::string& behaviour) {
  for (const BehaviourIndex one : paired_behaviours_of(plan, model)) {
    if (at(plan.data, one).behaviour == behaviour) return one;
  }
  return {};
}

// The entries whose files it is made of: itself, or those of its sum.
std::vector<const VectorFileEntry*> files_of(const Sweep& sweep,
                                             const VectorFileEntry& entry) {
  if (entry.sum.empty()) return {&entry};
  std::vector<const VectorFileEntry*> parts;
  for (const WeighedVector& part : entry.sum) {
    parts.push_back(&*std::ranges::find(sweep.vector_files, part.name,
                                        &VectorFileEntry::name));
  }
  return parts;
}

void add_on(PlanBuilder& builder, ModelIndex model,
            const VectorFileEntry& entry, const OwnVectorValues& own,
            const DataEntry& of, const DigestSource& digests) {
  const Plan& plan = builder.plan();
  const ModelEntry& shown = at(plan.models, model).entry;
  LayerAxis layers{{}, own.layers};
  layers.shared.model = shown.id;
  layers.shared.behaviour = own_name(entry, of.behaviour);
  if (builder.kept(layers).empty()) return;
  DataEntry data = shown_to(shown, of);
  // Data that is the same as an earlier behaviour's was taken once.
  const BehaviourIndex there = planned(plan, model, data.behaviour);
  if (!there.there() &&
      makes(plan.sweep, jobs::VectorMethod::mean_difference) &&
      wants_vectors(builder, shown.id, data.behaviour)) {
    builder.add_note(
        fmt::format("vector {} is not steered on {}, whose data are an earlier "
                    "behaviour's: name that one",
                    entry.name, data.behaviour));
    return;
  }
  const BehaviourIndex pairs = pairs_of(plan, model, data);
  jobs::Behaviour behaviour = pairs.there()
                                  ? at(plan.behaviours, pairs)
                                  : read_behaviour(builder, model, data);
  // A change of either file is one of what a run was made of; layers and length
  // are the sweep's.
  std::vector<std::string> files{builder.sweep().resolve(data.source)};
  for (const VectorFileEntry* one : files_of(builder.sweep(), entry)) {
    files.push_back(builder.sweep().resolve(one->source));
  }
  const std::string digest = digests.files(files);
  data.behaviour = own_name(entry, data.behaviour);
  const auto row = behaviour_row(0, data, behaviour, digest);
  PlannedOwnVector vector{entry.name, pairs, own.layers, own.values};
  vector.together = entry.together;
  builder.add_own_vector(std::move(vector), std::move(data),
                         std::move(behaviour), row);
}

void note(PlanBuilder& builder, const VectorFileEntry& entry,
          const std::string& made_of, const std::vector<std::string>& notes,
          const OwnVectorValues& own) {
  std::string lengths;
  for (std::size_t i = 0; i < own.layers.size(); ++i) {
    lengths += fmt::format("{}layer {}, {:.4g} long", i == 0 ? "" : "; ",
                           own.layers[i], own.norms[i]);
  }
  builder.add_note(
      fmt::format("vector {} ({}): {}", entry.name, made_of, lengths));
  for (const auto* some : {&notes, &own.notes}) {
    for (const std::string& one : *some) {
      builder.add_note("vector " + entry.name + ": " + one);
    }
  }
}

storage::OwnVectors opened(const Sweep& sweep, const VectorFileEntry& entry) {
  return blame(ExitCode::bad_data, [&] {
    return storage::open_own_vectors(sweep.resolve(entry.source));
  });
}

// Reads what an entry names, and tells of it.
OwnVectorValues read_own(PlanBuilder& builder, const VectorFileEntry& entry,
                         const PlannedModel& model, bool genuine) {
  const Sweep& sweep = builder.sweep();
  if (entry.sum.empty()) {
    const storage::OwnVectors file = opened(sweep, entry);
    const auto own = own_vector_values(sweep, entry, file, model, genuine);
    note(builder, entry,
         fmt::format("{}, {}", entry.source, name_of(file.format)), file.notes,
         own);
    return own;
  }
  std::vector<OwnVectorValues> parts;
  std::string made_of;
  for (const VectorFileEntry* one : files_of(sweep, entry)) {
    const double weight = entry.sum[parts.size()].weight;
    const char* sign = made_of.empty() ? "" : weight < 0 ? " - " : " + ";
    made_of +=
        fmt::format("{}{:g} {}", sign,
                    made_of.empty() ? weight : std::abs(weight), one->name);
    parts.push_back(
        own_vector_values(sweep, *one, opened(sweep, *one), model, genuine));
  }
  const auto own = summed_values(sweep, entry, parts, model);
  note(builder, entry, made_of, {}, own);
  return own;
}

// Whether it is for a model: a sum is if each of its vectors is.
bool is_for_model(const Sweep& sweep, const VectorFileEntry& entry,
                  const ModelEntry& model) {
  return is_for(entry.models, model) &&
         std::ranges::all_of(files_of(sweep, entry), [&](const auto* one) {
           return is_for(one->models, model);
         });
}

// Only mean differences have a mean length.
void check_doses(const PlanBuilder& builder, ModelIndex model) {
  const Sweep& sweep = builder.sweep();
  if (std::ranges::count(sweep.steer.doses, jobs::DoseRule::behaviour_mean) ==
          0 ||
      !paired_behaviours_of(builder.plan(), model).empty() ||
      behaviours_of(builder.plan(), model).empty()) {
    return;
  }
  throw ProgramError(
      ExitCode::bad_sweep,
      storage::Fault{sweep.path, "steer.dose", "behaviour-mean",
                     "a behaviour whose own vector is not left out",
                     "vectors of [[vector_file]], and of other methods than "
                     "mean-difference, have no part in that mean"});
}

}  // namespace

void add_own_vectors(PlanBuilder& builder, ModelIndex model,
                     const DigestSource& digests) {
  const Plan& plan = builder.plan();
  for (const VectorFileEntry& entry : builder.sweep().vector_files) {
    const PlannedModel& of = at(plan.models, model);
    if (!is_for_model(builder.sweep(), entry, of.entry)) {
      if (!entry.sum.empty() && is_for(entry.models, of.entry)) {
        builder.add_note(fmt::format(
            "vector {} is not steered on model {}: not all of its sum's "
            "vectors are for it",
            entry.name, of.entry.id));
      }
      continue;
    }
    std::optional<OwnVectorValues> own;
    for (const DataEntry& data : builder.sweep().data) {
      if (!is_for(data.models, of.entry) || !steers_on(entry, data.behaviour) ||
          !wants_vectors(builder, of.entry.id,
                         own_name(entry, data.behaviour))) {
        continue;
      }
      if (!own) own = read_own(builder, entry, of, digests.genuine());
      add_on(builder, model, entry, *own, data, digests);
    }
  }
  check_doses(builder, model);
}

}  // namespace coxswain::runner
