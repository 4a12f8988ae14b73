#pragma once

#include "runner/plan/digest_source.hpp"
#include "runner/plan/plan_builder.hpp"
#include "storage/results/stored_activations.hpp"

namespace coxswain::runner {

// What a sweep says of how a data set is prepared.
jobs::BehaviourRules behaviour_rules(const Sweep& sweep, const DataEntry& data);

// Reads the data sets that the sweep has for a model into the plan, as the
// model is shown them: those of which exclusions leave a mean difference, each
// once.
// Throws ProgramError (bad_data) for what can't be used as it is.
void add_behaviours(PlanBuilder& builder, ModelIndex model,
                    const DigestSource& digests);

// In their place: those of stored activations.
void add_stored_behaviours(PlanBuilder& builder, ModelIndex model,
                           const storage::StoredActivations& stored,
                           const std::string& digest);

// Throws ProgramError (bad_data) for a named template with marks (<|im_start|>)
// that are no tokens of a model that it is for: it is the format of another.
void require_marks(const Plan& plan);

// A data set of the sweep as a model is shown it, whether or not it is in the
// plan.
jobs::Behaviour read_behaviour(const PlanBuilder& builder, ModelIndex model,
                               const DataEntry& data);

// Whether exclusions leave a vector of it.
bool wants_vectors(PlanBuilder& builder, const std::string& model,
                   const std::string& behaviour);

}  // namespace coxswain::runner
