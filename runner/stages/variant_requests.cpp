#include "runner/stages/variant_requests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <set>
#include <utility>

#include "runner/plan/names.hpp"
#include "runner/stages/control_keys.hpp"

namespace coxswain::runner {
namespace {

using Source = jobs::VariantSource;

InputIndex last_of(const std::vector<TaskIndex>& inputs) {
  return InputIndex(inputs.size() - 1);
}

}  // namespace

VariantRequests::VariantRequests(PlanBuilder& builder,
                                 const ExtractionStage& extraction,
                                 const DecompositionStage& decomposition,
                                 EvaluationStage& evaluation,
                                 FeatureVectors& features,
                                 BehaviourIndex behaviour,
                                 const std::vector<jobs::PairCluster>& clusters)
    : builder_(builder),
      plan_(builder.plan()),
      extraction_(extraction),
      decomposition_(decomposition),
      evaluation_(evaluation),
      features_(features),
      behaviour_(behaviour),
      own_(own_vector_of(plan_, behaviour) != nullptr),
      together_(own_ && own_vector_of(plan_, behaviour)->together),
      clusters_(clusters) {
  steered_.behaviour = behaviour;
  origins_.push_back(begin(steers_with_pairs(plan_.sweep)));
  origins_.push_back(begin(false));
  assert(origins_.size() == kOther + 1);
}

// What a task of any origin has: the vector, the activations of its pairs if
// something is drawn of them, and all behaviours' vectors for their mean
// length.
VariantOrigin VariantRequests::begin(bool with_pairs) const {
  const Sweep& sweep = plan_.sweep;
  const TaskIndex vector = extraction_.vector_task(behaviour_);
  const ModelIndex model = model_of(plan_, behaviour_);
  VariantOrigin origin;
  origin.task.model = at(plan_.models, model).source;
  std::vector<TaskIndex>& inputs = origin.inputs;
  inputs.push_back(vector);
  if (with_pairs) {
    const auto& extracts = at(plan_.tasks, vector).inputs;
    origin.task.n_extracts = static_cast<std::int32_t>(extracts.size());
    inputs.insert(inputs.end(), extracts.begin(), extracts.end());
    if (wants(Source::resampled) || wants(Source::shuffled) ||
        wants(Source::subset)) {
      origin.task.clusters = clusters_;
    }
  }
  if (std::ranges::count(sweep.steer.doses, jobs::DoseRule::behaviour_mean) >
      0) {
    for (const BehaviourIndex one : paired_behaviours_of(plan_, model)) {
      origin.task.behaviours.push_back(
          static_cast<std::int32_t>(inputs.size()));
      inputs.push_back(extraction_.vector_task(one));
    }
  }
  return origin;
}

// Of an SAE's reconstructions.
std::size_t VariantRequests::origin_of(SaeIndex sae) {
  const auto found =
      std::ranges::find_if(origins_, [&](const VariantOrigin& one) {
        return one.sae == sae && !one.features;
      });
  if (found != origins_.end()) {
    return static_cast<std::size_t>(found - origins_.begin());
  }
  // A resampled vector's reconstruction is as long as that vector.
  VariantOrigin origin =
      begin(!decomposition_.rebuilt_resamples(plan_, sae, behaviour_).empty());
  origin.sae = sae;
  origins_.push_back(std::move(origin));
  return origins_.size() - 1;
}

// The place of a task among an origin's inputs, of which it becomes one.
std::int32_t VariantRequests::input_of(std::size_t origin, TaskIndex task) {
  std::vector<TaskIndex>& inputs = origins_.at(origin).inputs;
  const auto found = std::ranges::find(inputs, task);
  const auto place = static_cast<std::int32_t>(found - inputs.begin());
  if (found == inputs.end()) inputs.push_back(task);
  return place;
}

void VariantRequests::add_all() {
  if (together_) return add_together();
  const SteerEntry& steer = plan_.sweep.steer;
  for (const int layer : steer.layers) {
    const LayerIndex row = extraction_.layer_of(plan_.sweep, layer);
    if (!extraction_.vector_row(behaviour_, row).there()) continue;
    jobs::VariantRequest base;
    base.vector_layer = row.column();
    for (const jobs::DoseRule dose : steer.doses) {
      base.dose_rule = dose;
      if (wants(Source::original)) {
        jobs::VariantRequest request = base;
        request.norm_rule = jobs::NormRule::as_is;
        storage::VariantRow variant;
        variant.layer = layer;
        add(kOwn, traits_of(layer), request, variant);
      }
      add_rebuilt(base, layer);
      add_stand_ins(base, layer);
      add_others(base, layer);
      add_known_answers(base, layer);
      add_features(base, layer);
    }
  }
}

// All layers' vectors at once, each by its own dose rule, as one variant that
// enters at the lowest; and noise of each of them.
void VariantRequests::add_together() {
  const SteerEntry& steer = plan_.sweep.steer;
  const std::vector<int>& layers = own_vector_of(plan_, behaviour_)->layers;
  if (!vector_at(layers.front()).there()) return;  // left out
  for (const jobs::DoseRule dose : steer.doses) {
    jobs::VariantRequest base;
    base.dose_rule = dose;
    if (wants(Source::original)) {
      base.norm_rule = jobs::NormRule::as_is;
      add_at(layers, base, -1);
    }
    for (const NoiseEntry& noise : noise_of(steer)) {
      base.source = noise.kind.source;
      base.norm_rule = norm_rule_of(noise.kind);
      for (int seed = 0; seed < noise.seeds; ++seed) add_at(layers, base, seed);
    }
  }
}

// What is asked for at each of some layers; of noise, by the seed: the same
// random numbers at all of them, so that its layers agree with each other as
// those of the vector may. Drawn for each, they would largely cancel.
void VariantRequests::add_at(const std::vector<int>& layers,
                             const jobs::VariantRequest& base, int seed) {
  Requests requests(layers.size(), base);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    assert(vector_at(layers[i]).there());
    requests[i].vector_layer =
        extraction_.layer_of(plan_.sweep, layers[i]).column();
    if (seed < 0) continue;
    requests[i].random_key =
        control_key(builder_, jobs::control_of(base.source),
                    vector_at(layers.front()), seed, clusters_);
  }
  storage::VariantRow row;
  row.layer = layers.front();
  row.seed = seed;
  add(kOwn, traits_of(row.layer), requests, row);
}

RowOf<storage::VectorRow> VariantRequests::vector_at(int layer) const {
  return extraction_.vector_row(behaviour_,
                                extraction_.layer_of(plan_.sweep, layer));
}

CellTraits VariantRequests::traits_of(int layer) const {
  CellTraits traits = builder_.traits_of(behaviour_);
  traits.layer = layer;
  return traits;
}

// Vectors rebuilt by SAEs of this layer, by every method, part and norm rule.
void VariantRequests::add_rebuilt(const jobs::VariantRequest& base, int layer) {
  const ModelIndex model = model_of(plan_, behaviour_);
  for (std::size_t i = 0; i < plan_.saes.size(); ++i) {
    const PlannedSae& sae = plan_.saes[i];
    if (sae.entry.layer != layer || sae.model != model) continue;
    add_verdict(SaeIndex(i), base);
    if (!wants(Source::reconstruction) && !wants(Source::zero_reconstruction)) {
      continue;
    }
    add_rebuilt_by(SaeIndex(i), base);
    if (wants(Source::reconstruction)) {
      add_rebuilt_resamples(SaeIndex(i), base);
    }
  }
}

void VariantRequests::add_rebuilt_by(SaeIndex sae,
                                     const jobs::VariantRequest& base) {
  const SteerEntry& steer = plan_.sweep.steer;
  const TaskIndex own = decomposition_.task_of(plan_, sae, behaviour_);
  jobs::VariantRequest request = base;
  for (const jobs::NormRule norm : steer.norms) {
    request.norm_rule = norm;
    for (std::size_t m = 0; m < steer.methods.size(); ++m) {
      request.source = Source::reconstruction;
      for (std::size_t p = 0;
           wants(Source::reconstruction) && p < steer.parts.size(); ++p) {
        storage::VariantRow row;
        row.part = static_cast<std::int32_t>(steer.parts[p].part);
        row.part_k = steer.parts[p].k;
        add_one(sae, own, request,
                decomposition_.rebuilt(plan_, sae, behaviour_, m, p),
                steer.methods[m], row);
      }
      if (wants(Source::zero_reconstruction)) {
        request.source = Source::zero_reconstruction;
        add_one(sae, decomposition_.zero_task(sae), request,
                decomposition_.rebuilt_zero(sae, m), steer.methods[m], {});
      }
    }
  }
}

void VariantRequests::add_rebuilt_resamples(SaeIndex sae,
                                            const jobs::VariantRequest& base) {
  jobs::VariantRequest request = base;
  request.source = Source::reconstruction;
  request.resampled = true;
  for (const jobs::NormRule norm : plan_.sweep.steer.norms) {
    request.norm_rule = norm;
    for (const DecompositionStage::RebuiltResample& one :
         decomposition_.rebuilt_resamples(plan_, sae, behaviour_)) {
      request.random_key = one.key;
      storage::VariantRow row;
      row.resample = one.seed;
      add_one(sae, decomposition_.task_of(plan_, sae, behaviour_), request,
              one.rebuilt, one.method, row);
    }
  }
}

void VariantRequests::add_one(SaeIndex sae, TaskIndex task,
                              jobs::VariantRequest request,
                              const DecompositionStage::Rebuilt& from,
                              const jobs::MethodChoice& method,
                              storage::VariantRow row,
                              const std::vector<Acting>& acting) {
  if (!from.part.there()) return;
  const SaeEntry& entry = at(plan_.saes, sae).entry;
  const std::size_t origin = origin_of(sae);
  std::vector<TaskIndex>& inputs = origins_[origin].inputs;
  const std::size_t before = inputs.size();
  request.input = input_of(origin, task);
  request.row = from.part.column();
  row.layer = entry.layer;
  row.decomposition = from.row.column();
  CellTraits traits = traits_of(entry.layer);
  traits.sae = entry.id;
  traits.method = jobs::spelling(method);
  // What is left out waits for nothing.
  if (!add(origin, traits, Requests{request}, row, acting)) {
    inputs.resize(before);
  }
}

// What is held against each other of few atoms: by the first dose rule and
// operation of the sweep.
void VariantRequests::add_verdict(SaeIndex sae,
                                  const jobs::VariantRequest& base) {
  const SteerEntry& steer = plan_.sweep.steer;
  if (base.dose_rule != steer.doses.front()) return;
  const TaskIndex own = decomposition_.task_of(plan_, sae, behaviour_);
  jobs::VariantRequest request = base;
  request.source = Source::reconstruction;
  for (const DecompositionStage::VerdictPart& one :
       decomposition_.verdict_parts(plan_, sae, behaviour_)) {
    storage::VariantRow row;
    row.part = static_cast<std::int32_t>(one.part.part);
    row.part_k = one.part.k;
    for (const jobs::NormRule norm : one.norms) {
      request.norm_rule = norm;
      add_one(sae, own, request, one.rebuilt, one.method, row,
              {{steer.operations.front()}});
    }
  }
}

void VariantRequests::add_stand_ins(const jobs::VariantRequest& base,
                                    int layer) {
  for (const NoiseEntry& noise : noise_of(plan_.sweep.steer)) {
    if (std::ranges::count(noise.layers, layer) == 0) continue;
    add_drawn(base, layer, noise.kind.source, norm_rule_of(noise.kind),
              noise.seeds);
  }
  add_subsets(base, layer);
  // A resampled vector stands for the original in all, length included.
  if (wants(Source::resampled) && !own_) {
    add_drawn(base, layer, Source::resampled, jobs::NormRule::as_is,
              plan_.sweep.resample);
  }
}

void VariantRequests::add_drawn(const jobs::VariantRequest& base, int layer,
                                Source source, jobs::NormRule norm, int seeds) {
  const auto vector = vector_at(layer);
  jobs::VariantRequest request = base;
  request.source = source;
  request.norm_rule = norm;
  storage::VariantRow row;
  row.layer = layer;
  for (int seed = 0; seed < seeds; ++seed) {
    request.random_key = control_key(builder_, jobs::control_of(source), vector,
                                     seed, clusters_);
    row.seed = seed;
    if (source == Source::resampled) row.resample = seed;
    add(kOwn, traits_of(layer), request, row);
  }
}

// Vectors of fewer training clusters than there are, as long as they come out;
// of all of them there is one.
void VariantRequests::add_subsets(const jobs::VariantRequest& base, int layer) {
  if (own_ || !wants(Source::subset)) return;
  std::set<std::int32_t> all;
  for (const jobs::PairCluster& one : clusters_) all.insert(one.cluster);
  jobs::VariantRequest request = base;
  request.source = Source::subset;
  request.norm_rule = jobs::NormRule::as_is;
  storage::VariantRow row;
  row.layer = layer;
  for (const int n : plan_.sweep.train_clusters) {
    if (n > std::ssize(all)) {
      builder_.add_note(fmt::format(
          "behaviour {} has {} training clusters: no vector is made of {}",
          at(plan_.data, behaviour_).behaviour, all.size(), n));
      continue;
    }
    request.n_clusters = row.train_clusters = n;
    const int draws = n == std::ssize(all) ? 1 : plan_.sweep.train_draws;
    for (int draw = 0; draw < draws; ++draw) {
      request.random_key = control_key(builder_, jobs::Control::subset,
                                       vector_at(layer), draw, clusters_);
      row.seed = draw;
      add(kOwn, traits_of(layer), request, row);
    }
  }
}

void VariantRequests::add_others(const jobs::VariantRequest& base, int layer) {
  if (!wants(Source::other)) return;
  const LayerIndex of_layer = extraction_.layer_of(plan_.sweep, layer);
  for (const BehaviourIndex other :
       behaviours_of(plan_, model_of(plan_, behaviour_))) {
    const auto vector = extraction_.vector_row(other, of_layer);
    if (!is_other(plan_, behaviour_, other) || !vector.there()) continue;
    std::vector<TaskIndex>& inputs = origins_[kOther].inputs;
    inputs.push_back(extraction_.vector_task(other));
    jobs::VariantRequest request = base;
    request.source = Source::other;
    request.input = last_of(inputs).column();
    request.row = base.vector_layer;
    storage::VariantRow row;
    row.layer = layer;
    row.other = vector.column();
    if (!add(kOther, traits_of(layer), request, row)) inputs.pop_back();
  }
}

// Of letters: the planted vector must move the content with the sign of each
// item's matching letter, and the letter alone without it.
void VariantRequests::add_known_answers(const jobs::VariantRequest& base,
                                        int layer) {
  const jobs::Behaviour& data = at(plan_.behaviours, behaviour_);
  const auto matches = [&](std::int8_t sign) {
    return std::ranges::any_of(data.train, [&](const auto& item) {
      return item.tokens.letter_sign == sign;
    });
  };
  storage::VariantRow row;
  row.layer = layer;
  for (const Source source : {Source::balanced, Source::letter}) {
    if (own_ || !wants(source) || !matches(1) || !matches(-1)) continue;
    jobs::VariantRequest request = base;
    request.source = source;
    request.norm_rule = jobs::NormRule::as_is;
    add(kOwn, traits_of(layer), request, row);
  }
  if (!wants(Source::planted) || !data.letters) return;
  const jobs::ContrastTokens& one = data.train.front().tokens;
  jobs::VariantRequest request = base;
  request.source = Source::planted;
  request.token_a = one.letter_sign > 0 ? one.token_match : one.token_other;
  request.token_b = one.letter_sign > 0 ? one.token_other : one.token_match;
  for (const auto rule :
       {jobs::SignRule::matching_letter, jobs::SignRule::fixed}) {
    request.sign_rule = rule;
    add(kOwn, traits_of(layer), request, row);
  }
}

bool VariantRequests::add(std::size_t origin, CellTraits traits,
                          const Requests& together, storage::VariantRow row,
                          const std::vector<Acting>& acting) {
  assert(!together.empty());
  const jobs::VariantRequest& request = together.front();
  traits.variants = {spelling(kind_of(request.source, request.norm_rule))};
  if (request.resampled) {
    traits.variants.emplace_back(jobs::name_of(Source::resampled));
  }
  row.model = model_of(plan_, behaviour_).column();
  row.behaviour = behaviour_.column();
  row.vector = vector_at(row.layer).column();
  row.source = static_cast<std::int32_t>(request.source);
  row.norm_rule = static_cast<std::int32_t>(request.norm_rule);
  row.sign_rule = static_cast<std::int32_t>(request.sign_rule);
  row.dose_rule = static_cast<std::int32_t>(request.dose_rule);
  row.together = static_cast<std::int32_t>(together.size());
  row.control = static_cast<std::int32_t>(jobs::control_of(request.source));
  std::vector<jobs::VariantRequest>& requests = origins_[origin].task.requests;
  const auto number = static_cast<std::int32_t>(requests.size());
  bool wanted = false;
  for (const auto& [operation, clamped_to] : acting) {
    if (operation != jobs::Operation::clamp && !takes_length(operation) &&
        is_length_alone(request)) {
      continue;
    }
    traits.operation = sweep_name_of(operation);
    const auto multipliers = builder_.kept(
        MultiplierAxis{traits, at(plan_.data, behaviour_).multipliers});
    if (multipliers.empty()) continue;
    wanted = true;
    evaluation_.count(builder_, behaviour_, multipliers.size());
    const auto id = next_row(plan_.tables.variants);
    row.id = id.column();
    row.operation = static_cast<std::int32_t>(operation);
    row.clamped_to = clamped_to;
    steered_.add({id, origin, number}, key_of(row, request), multipliers);
    builder_.tables().variants.push_back(row);
  }
  // The same vectors, whatever is done with them.
  if (wanted) {
    requests.insert(requests.end(), together.begin(), together.end());
  }
  return wanted;
}

std::vector<VariantRequests::Acting> VariantRequests::sweeps_operations()
    const {
  std::vector<Acting> all;
  for (const jobs::Operation one : plan_.sweep.steer.operations) {
    all.push_back({one});
  }
  return all;
}

// Whether it differs from another variant of the sweep in its length alone.
bool VariantRequests::is_length_alone(
    const jobs::VariantRequest& request) const {
  const SteerEntry& steer = plan_.sweep.steer;
  const bool rebuilt = request.source == Source::reconstruction ||
                       request.source == Source::zero_reconstruction ||
                       request.source == Source::feature;
  return request.dose_rule != steer.doses.front() ||
         (rebuilt && request.norm_rule != steer.norms.front());
}

}  // namespace coxswain::runner
