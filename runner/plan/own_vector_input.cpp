#include "runner/plan/own_vector_input.hpp"

#include <fmt/format.h>

#include <algorithm>
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
  const std::string digest =
      digests.files(builder.sweep().resolve(data.source),
                    builder.sweep().resolve(entry.source));
  data.behaviour = own_name(entry, data.behaviour);
  const auto row = behaviour_row(0, data, behaviour, digest);
  PlannedOwnVector vector{entry.name, pairs, own.layers, own.values};
  vector.together = entry.together;
  builder.add_own_vector(std::move(vector), std::move(data),
                         std::move(behaviour), row);
}

void note(PlanBuilder& builder, const VectorFileEntry& entry,
          const storage::OwnVectors& file, const OwnVectorValues& own) {
  std::string lengths;
  for (std::size_t i = 0; i < own.layers.size(); ++i) {
    lengths += fmt::format("{}layer {}, {:.4g} long", i == 0 ? "" : "; ",
                           own.layers[i], own.norms[i]);
  }
  builder.add_note(fmt::format("vector {} ({}, {}): {}", entry.name,
                               entry.source, name_of(file.format), lengths));
  for (const auto* notes : {&file.notes, &own.notes}) {
    for (const std::string& one : *notes) {
      builder.add_note("vector " + entry.name + ": " + one);
    }
  }
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
    if (!is_for(entry.models, of.entry)) continue;
    std::optional<OwnVectorValues> own;
    for (const DataEntry& data : builder.sweep().data) {
      if (!is_for(data.models, of.entry) || !steers_on(entry, data.behaviour) ||
          !wants_vectors(builder, of.entry.id,
                         own_name(entry, data.behaviour))) {
        continue;
      }
      if (!own) {
        const auto file = blame(ExitCode::bad_data, [&] {
          return storage::open_own_vectors(
              builder.sweep().resolve(entry.source));
        });
        own = own_vector_values(builder.sweep(), entry, file, of,
                                digests.genuine());
        note(builder, entry, file, *own);
      }
      add_on(builder, model, entry, *own, data, digests);
    }
  }
  check_doses(builder, model);
}

}  // namespace coxswain::runner
