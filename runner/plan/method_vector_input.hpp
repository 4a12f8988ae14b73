#pragma once

#include "runner/plan/digest_source.hpp"
#include "runner/plan/plan_builder.hpp"
#include "storage/results/stored_activations.hpp"

namespace coxswain::runner {

// What the sweep's methods but the mean difference make of the pairs of a
// model's data: each one more behaviour of the same items ("pca on words"),
// behind the model's other behaviours, as far as exclusions leave it.
void add_method_vectors(PlanBuilder& builder, ModelIndex model,
                        const DigestSource& digests);

// Of stored activations in the place of data.
void add_stored_method_vectors(PlanBuilder& builder, ModelIndex model,
                               const storage::StoredActivations& stored,
                               const std::string& digest);

// An earlier behaviour with the same pairs: the data's own, or one with another
// vector on the same data. None if there is none.
BehaviourIndex pairs_of(const Plan& plan, ModelIndex model,
                        const DataEntry& data);

}  // namespace coxswain::runner
