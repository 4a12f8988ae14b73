#include "runner/plan/plan.hpp"

#include <algorithm>

namespace coxswain::runner {

std::int64_t width_of(const Plan& plan, ModelIndex model) {
  return at(plan.models, model).header.architecture.d_model;
}

std::int64_t widest_of(const Plan& plan) {
  std::int64_t widest = 0;
  for (const PlannedModel& one : plan.models) {
    widest = std::max(widest, one.header.architecture.d_model);
  }
  return widest;
}

const jobs::Architecture& architecture_of(const Plan& plan,
                                          const jobs::ModelSource& source) {
  const auto found =
      std::ranges::find(plan.models, source.path,
                        [](const PlannedModel& one) -> const std::string& {
                          return one.source.path;
                        });
  assert(found != plan.models.end());
  return found->header.architecture;
}

ModelIndex model_of(const Plan& plan, BehaviourIndex behaviour) {
  const auto holds = [&](const PlannedModel& model) {
    return behaviour.number() < model.first_behaviour + model.n_behaviours;
  };
  const auto found = std::ranges::find_if(plan.models, holds);
  assert(found != plan.models.end());
  return ModelIndex(static_cast<std::size_t>(found - plan.models.begin()));
}

std::vector<BehaviourIndex> behaviours_of(const Plan& plan, ModelIndex model) {
  const PlannedModel& of = at(plan.models, model);
  std::vector<BehaviourIndex> all;
  for (std::size_t i = 0; i < of.n_behaviours; ++i) {
    all.emplace_back(of.first_behaviour + i);
  }
  return all;
}

std::vector<BehaviourIndex> behaviours_of(const Plan& plan) {
  std::vector<BehaviourIndex> all;
  for (std::size_t i = 0; i < plan.behaviours.size(); ++i) all.emplace_back(i);
  return all;
}

namespace {

std::vector<BehaviourIndex> without_own(const Plan& plan,
                                        std::vector<BehaviourIndex> all) {
  std::erase_if(
      all, [&](BehaviourIndex one) { return plan.own_vectors.contains(one); });
  return all;
}

}  // namespace

std::vector<BehaviourIndex> paired_behaviours_of(const Plan& plan,
                                                 ModelIndex model) {
  return without_own(plan, behaviours_of(plan, model));
}

std::vector<BehaviourIndex> paired_behaviours_of(const Plan& plan) {
  return without_own(plan, behaviours_of(plan));
}

bool is_other(const Plan& plan, BehaviourIndex of, BehaviourIndex one) {
  const PlannedOwnVector* own = own_vector_of(plan, of);
  return of != one && own_vector_of(plan, one) == nullptr &&
         (own == nullptr || own->pairs_of != one);
}

const PlannedOwnVector* own_vector_of(const Plan& plan,
                                      BehaviourIndex behaviour) {
  const auto found = plan.own_vectors.find(behaviour);
  return found == plan.own_vectors.end() ? nullptr : &found->second;
}

bool is_of_told_pairs(const Plan& plan, BehaviourIndex behaviour) {
  const PlannedOwnVector* own = own_vector_of(plan, behaviour);
  return own != nullptr && (!own->method || own->pairs_of.there());
}

}  // namespace coxswain::runner
