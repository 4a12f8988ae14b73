#include "runner/plan/method_vector_input.hpp"

#include <algorithm>
#include <utility>

#include "runner/base/exit_code.hpp"
#include "runner/plan/behaviour_input.hpp"
#include "runner/plan/result_rows.hpp"
#include "runner/sweep/sweep_names.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

using jobs::VectorMethod;

// What such a vector was made of: that method, and pairs of an equal file that
// are read by the same rules.
bool is_made_already(const Plan& plan, ModelIndex model, VectorMethod method,
                     const DataEntry& data, const std::string& digest) {
  return std::ranges::any_of(
      behaviours_of(plan, model), [&](BehaviourIndex one) {
        const PlannedOwnVector* own = own_vector_of(plan, one);
        if (own == nullptr || own->method != method) return false;
        DataEntry renamed = at(plan.data, one);
        renamed.behaviour = data.behaviour;
        renamed.source = data.source;
        return renamed == data &&
               at(plan.tables.behaviours, one).digest.str() == digest;
      });
}

// Data that nothing else of the plan tells of.
void note_data(PlanBuilder& builder, const DataEntry& data,
               const jobs::Behaviour& behaviour) {
  for (const std::string& note : behaviour.notes) {
    builder.add_note("behaviour " + data.behaviour + " (" + data.source +
                     "): " + note);
  }
}

void add(PlanBuilder& builder, ModelIndex model, VectorMethod method,
         const DataEntry& of, const DigestSource& digests) {
  const Plan& plan = builder.plan();
  DataEntry data = shown_to(at(plan.models, model).entry, of);
  const std::string name = made_name(method, data.behaviour);
  if (!wants_vectors(builder, at(plan.models, model).entry.id, name)) return;
  const std::string digest = digests.file(builder.sweep().resolve(data.source));
  if (is_made_already(plan, model, method, data, digest)) {
    builder.add_note("vector " + name +
                     " is that of an earlier behaviour: " + "taken once");
    return;
  }
  const BehaviourIndex pairs = pairs_of(plan, model, data);
  jobs::Behaviour behaviour = pairs.there()
                                  ? at(plan.behaviours, pairs)
                                  : read_behaviour(builder, model, data);
  PlannedOwnVector own{jobs::traits_of(method).name, pairs,
                       builder.sweep().vector_layers};
  own.method = method;
  own.behaviour = data.behaviour;
  data.behaviour = name;
  if (!pairs.there()) note_data(builder, data, behaviour);
  const auto row = behaviour_row(0, data, behaviour, digest);
  builder.add_own_vector(std::move(own), std::move(data), std::move(behaviour),
                         row);
}

// What other methods make of a stored behaviour is called after it.
void check_made_names(const Sweep& sweep,
                      const storage::StoredActivations& stored) {
  for (const jobs::VectorMethod method : sweep.vector_methods) {
    for (const auto& one : stored.behaviours) {
      const std::string name = made_name(method, one.name);
      if (name.size() <= kMaxName) continue;
      throw ProgramError(
          ExitCode::bad_sweep,
          storage::Fault{sweep.path, "vector.method", "\"" + name + "\"",
                         "names of at most " + std::to_string(kMaxName) +
                             " bytes in results",
                         "without that method, or behaviours with shorter "
                         "names in " +
                             stored.file});
    }
  }
}

}  // namespace

BehaviourIndex pairs_of(const Plan& plan, ModelIndex model,
                        const DataEntry& data) {
  for (const BehaviourIndex one : behaviours_of(plan, model)) {
    DataEntry renamed = at(plan.data, one);
    renamed.behaviour = data.behaviour;
    if (renamed == data) return one;
  }
  return {};
}

void add_method_vectors(PlanBuilder& builder, ModelIndex model,
                        const DigestSource& digests) {
  const ModelEntry entry = at(builder.plan().models, model).entry;
  if (!makes(builder.sweep(), VectorMethod::mean_difference)) {
    builder.add_note(
        "without mean-difference in [vector] method there are no norms of the "
        "pairs' activations, and nothing of what SAEs' features do on them");
  }
  for (const VectorMethod method : builder.sweep().vector_methods) {
    if (method == VectorMethod::mean_difference) continue;
    for (const DataEntry& data : builder.sweep().data) {
      if (is_for(data.models, entry)) {
        add(builder, model, method, data, digests);
      }
    }
  }
}

void add_stored_method_vectors(PlanBuilder& builder, ModelIndex model,
                               const storage::StoredActivations& stored,
                               const std::string& digest) {
  const Plan& plan = builder.plan();
  check_made_names(builder.sweep(), stored);
  for (const VectorMethod method : builder.sweep().vector_methods) {
    if (method == VectorMethod::mean_difference) continue;
    for (const auto& one : stored.behaviours) {
      DataEntry data;
      data.behaviour = made_name(method, one.name);
      if (!wants_vectors(builder, at(plan.models, model).entry.id,
                         data.behaviour)) {
        continue;
      }
      // Stored behaviours differ in their names alone.
      PlannedOwnVector own{
          jobs::traits_of(method).name, {}, builder.sweep().vector_layers};
      own.method = method;
      own.behaviour = one.name;
      for (const BehaviourIndex earlier : behaviours_of(plan, model)) {
        const PlannedOwnVector* other = own_vector_of(plan, earlier);
        if (own.pairs_of.there()) break;
        if ((other == nullptr ? at(plan.data, earlier).behaviour
                              : other->behaviour) == one.name) {
          own.pairs_of = earlier;
        }
      }
      jobs::Behaviour behaviour;
      behaviour.lines = static_cast<int>(one.n_pairs);
      storage::BehaviourRow row = behaviour_row(0, data, behaviour, digest);
      row.train = static_cast<std::int32_t>(one.n_pairs);
      builder.add_own_vector(std::move(own), std::move(data),
                             std::move(behaviour), row);
    }
  }
}

}  // namespace coxswain::runner
