#include "runner/stages/decomposition_stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "jobs/cost/decompose_cost.hpp"
#include "runner/base/exit_code.hpp"
#include "runner/plan/names.hpp"
#include "runner/stages/control_keys.hpp"
#include "runner/stages/pair_clusters.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

// Both conventions make a difference only where the encoder is asked.
std::vector<bool> conventions(const PlannedSae& sae,
                              const jobs::MethodTraits& traits) {
  const bool own = sae.header.b_dec_input;
  if (!traits.encodes) return {own};
  std::vector<bool> all;
  for (const BDecInput one : sae.entry.b_dec_input) {
    const bool subtract =
        one == BDecInput::native ? own : one == BDecInput::subtract;
    if (std::ranges::count(all, subtract) == 0) all.push_back(subtract);
  }
  return all;
}

// The zero vector is the same for all models; each has its own cells of it.
std::string zero_name(const Plan& plan, SaeIndex sae) {
  const PlannedSae& own = at(plan.saes, sae);
  for (std::size_t i = 0; i < sae.number(); ++i) {
    const PlannedSae& one = plan.saes[i];
    if (one.model != own.model && one.source.digest == own.source.digest) {
      return "zero of " + at(plan.models, own.model).entry.id;
    }
  }
  return "zero";
}

// What is steered with, of the first convention at scale 1; without b_dec if
// the sweep has that.
class PartsMaker {
 public:
  explicit PartsMaker(jobs::DecomposeTask& task) : task_(task) {}

  DecompositionStage::Rebuilt add(std::int32_t vector,
                                  const jobs::MethodChoice& method,
                                  const PartChoice& part) {
    const auto matches = [&](const jobs::DecompositionRequest& one) {
      return one.vector == vector && one.method == method.name &&
             one.parameter == method.parameter;
    };
    auto found = std::ranges::find_if(task_.requests, [&](const auto& one) {
      return matches(one) && !one.b_dec_output;
    });
    if (found == task_.requests.end()) {
      found = std::ranges::find_if(task_.requests, matches);
    }
    if (found == task_.requests.end()) return {};
    const RequestIndex request(
        static_cast<std::size_t>(found - task_.requests.begin()));
    const PartIndex made(task_.parts.size());
    task_.parts.push_back({request.column(), part.part, part.k});
    return {request, made};
  }

 private:
  jobs::DecomposeTask& task_;
};

}  // namespace

void DecompositionStage::plan(PlanBuilder& builder) {
  for (std::size_t i = 0; i < builder.plan().saes.size(); ++i) {
    add_sae(builder, SaeIndex(i));
  }
}

RowOf<storage::VectorRow> DecompositionStage::vector_of(
    const Plan& plan, SaeIndex sae, BehaviourIndex behaviour) const {
  const int layer = at(plan.saes, sae).entry.layer;
  return extraction_.vector_row(behaviour,
                                extraction_.layer_of(plan.sweep, layer));
}

bool DecompositionStage::wants_vector(const Plan& plan, SaeIndex sae,
                                      BehaviourIndex behaviour) const {
  return vector_of(plan, sae, behaviour).there();
}

// They are for steering alone.
bool DecompositionStage::takes_resampled_apart(const Plan& plan, SaeIndex sae) {
  const SteerEntry& steer = plan.sweep.steer;
  return !steer.resampled_methods.empty() &&
         std::ranges::count(steer.layers, at(plan.saes, sae).entry.layer) > 0;
}

// The behaviours' own vectors first, then the zero vector, which belongs to no
// behaviour, then the stand-ins, then the resampled vectors.
std::vector<DecompositionStage::Decomposed> DecompositionStage::vectors_of(
    const PlanBuilder& builder, SaeIndex sae) const {
  const Plan& plan = builder.plan();
  const ModelIndex model = at(plan.saes, sae).model;
  const std::vector<BehaviourIndex> behaviours = behaviours_of(plan, model);
  std::vector<Decomposed> all;
  // Counted among the model's behaviours, as the task's inputs are.
  const auto input = [&](BehaviourIndex behaviour) {
    return behaviour.there() ? behaviour.column() - behaviours.front().column()
                             : -1;
  };
  std::vector<jobs::PairCluster> clusters;  // of the behaviour's pairs
  const auto add = [&](BehaviourIndex behaviour, jobs::Control control,
                       int seed, BehaviourIndex other) {
    Decomposed one;
    one.number = static_cast<std::int32_t>(all.size());
    one.behaviour = behaviour;
    one.other = other;
    one.request = {control, input(behaviour), input(other), {}};
    one.seed = seed;
    if (seed >= 0) {
      one.request.key = control_key(
          builder, control, vector_of(plan, sae, behaviour), seed, clusters);
    }
    all.push_back(one);
  };
  for (const BehaviourIndex one : behaviours) {
    add(one, jobs::Control::none, -1, {});
  }
  add({}, jobs::Control::zero, -1, {});
  for (const BehaviourIndex one : behaviours) {
    if (!wants_vector(plan, sae, one)) continue;
    clusters = clusters_of(plan, one);
    for (const ControlCount& stand_in : plan.sweep.decompose.controls) {
      if (stand_in.control != jobs::Control::other) {
        for (int seed = 0; seed < stand_in.count; ++seed) {
          add(one, stand_in.control, seed, {});
        }
        continue;
      }
      for (const BehaviourIndex other : behaviours) {
        if (other != one && wants_vector(plan, sae, other)) {
          add(one, stand_in.control, -1, other);
        }
      }
    }
  }
  const int resamples =
      takes_resampled_apart(plan, sae) ? plan.sweep.resample : 0;
  for (const BehaviourIndex one : behaviours) {
    if (resamples == 0 || !wants_vector(plan, sae, one)) continue;
    clusters = clusters_of(plan, one);
    for (int seed = 0; seed < resamples; ++seed) {
      add(one, jobs::Control::resampled, seed, {});
    }
  }
  return all;
}

bool DecompositionStage::keeps(PlanBuilder& builder, SaeIndex sae,
                               BehaviourIndex behaviour,
                               const std::string& method) const {
  const Plan& plan = builder.plan();
  const PlannedSae& of = at(plan.saes, sae);
  if (behaviour.there() && !wants_vector(plan, sae, behaviour)) return false;
  CellTraits traits = behaviour.there() ? builder.traits_of(behaviour)
                                        : builder.traits_of(of.model);
  traits.layer = of.entry.layer;
  traits.sae = of.entry.id;
  traits.method = method;
  return builder.keeps(traits);
}

void DecompositionStage::add_requests(PlanBuilder& builder, SaeIndex sae,
                                      const Decomposed& of,
                                      jobs::DecomposeTask& task) {
  const DecomposeEntry& rules = builder.sweep().decompose;
  const bool own = of.request.control == jobs::Control::none;
  const bool resampled = of.request.control == jobs::Control::resampled;
  for (const jobs::MethodChoice& method :
       resampled ? builder.sweep().steer.resampled_methods : rules.methods) {
    const jobs::MethodTraits& traits = jobs::traits_of(method.name);
    // No behaviour, no activations; and pairs have a difference of codes
    // whatever stands in for their vector.
    if ((!of.behaviour.there() && traits.activations) ||
        (!own && traits.of_pairs) ||
        !keeps(builder, sae, of.behaviour, jobs::spelling(method))) {
      continue;
    }
    // Scale 1 first: it is what variants are rebuilt from.
    std::vector<double> scales{1};
    for (const double scale : rules.scales) {
      if (own && traits.scales && scale != 1) scales.push_back(scale);
    }
    std::vector<bool> inputs =
        conventions(at(builder.plan().saes, sae), traits);
    std::vector<bool> outputs = rules.b_dec_output;
    if (resampled) {  // what variants are rebuilt from, and nothing else
      inputs.resize(1);
      outputs = {std::ranges::count(outputs, false) == 0};
    }
    for (const double scale : scales) {
      for (const bool b_dec_input : inputs) {
        for (const bool b_dec_output : outputs) {
          const RequestIndex request(task.requests.size());
          task.requests.push_back({of.number, method.name, method.parameter,
                                   scale, b_dec_input, b_dec_output});
          add_row(builder, sae, of, task.requests.back(), request);
        }
      }
    }
  }
}

void DecompositionStage::add_row(PlanBuilder& builder, SaeIndex sae,
                                 const Decomposed& of,
                                 const jobs::DecompositionRequest& wanted,
                                 RequestIndex request) {
  const Plan& plan = builder.plan();
  const PlannedSae& by = at(plan.saes, sae);
  const auto row_of_behaviour = [&](BehaviourIndex behaviour) {
    return behaviour.there() ? vector_of(plan, sae, behaviour)
                             : RowOf<storage::VectorRow>();
  };
  const auto name_of = [&](RowOf<storage::VectorRow> vector) {
    return vector.there() ? vector_name(builder, vector) : zero_name(plan, sae);
  };
  const auto vector = row_of_behaviour(of.behaviour);
  const auto other = row_of_behaviour(of.other);
  const int atoms = of.request.control == jobs::Control::sparse
                        ? plan.sweep.decompose.planted_atoms
                        : 0;
  storage::DecompositionRow row;
  row.model = by.model.column();
  row.layer = by.entry.layer;
  row.vector = vector.column();
  row.sae = sae.column();
  row.method = method_id(wanted.method);
  row.control = static_cast<std::int32_t>(of.request.control);
  row.seed = of.seed;
  if (of.request.control == jobs::Control::resampled) row.resample = of.seed;
  row.other = other.column();
  row.parameter = wanted.parameter;
  row.scale = wanted.scale;
  row.b_dec_input = wanted.b_dec_input ? 1 : 0;
  row.b_dec_output = wanted.b_dec_output ? 1 : 0;
  row.cell =
      builder
          .add_cell(
              CellKind::decomposition,
              fmt::format(
                  "decomposition/2 {} control={} other={} seed={} atoms={} "
                  "sae={} {} method={} parameter={} scale={} b_dec={}{}",
                  name_of(vector), jobs::name_of(of.request.control),
                  name_of(other), hex(of.request.key), atoms, by.source.digest,
                  by.source.facts, wanted.method, wanted.parameter,
                  wanted.scale, row.b_dec_input, row.b_dec_output))
          .column64();
  builder.tables().decompositions.push_back(row);
  places_.push_back({at(saes_, sae).task, request});
}

void DecompositionStage::add_differences(PlanBuilder& builder, SaeIndex sae) {
  const Plan& plan = builder.plan();
  const PlannedSae& of = at(plan.saes, sae);
  const auto behaviours = behaviours_of(plan, of.model);
  for (std::size_t i = 0; i < behaviours.size(); ++i) {
    if (!keeps(builder, sae, behaviours[i], "")) continue;
    Differences place;
    place.task = at(saes_, sae).task;
    place.behaviour = i;
    place.vector = vector_of(plan, sae, behaviours[i]);
    place.sae = sae;
    place.most = plan.sweep.decompose.differences;
    place.cell = builder.add_cell(
        CellKind::code_differences,
        fmt::format("code-differences/2 {} sae={} {} most={}",
                    vector_name(builder, place.vector), of.source.digest,
                    of.source.facts, place.most));
    differences_.push_back(place);
  }
}

void DecompositionStage::add_sae(PlanBuilder& builder, SaeIndex sae) {
  const Plan& plan = builder.plan();
  const Sweep& sweep = plan.sweep;
  const PlannedSae& of = at(plan.saes, sae);
  jobs::DecomposeTask task;
  task.sae = of.source;
  task.layer = extraction_.layer_of(sweep, of.entry.layer).column();
  task.top = sweep.decompose.top;
  task.n_differences = sweep.decompose.differences;
  task.planted_atoms = sweep.decompose.planted_atoms;
  // The vector tasks, then each one's extract tasks.
  std::vector<TaskIndex> inputs;
  std::vector<std::int64_t> n_pairs;
  const auto behaviours = behaviours_of(plan, of.model);
  for (const BehaviourIndex one : behaviours) {
    inputs.push_back(extraction_.vector_task(one));
    n_pairs.push_back(at(plan.tasks, inputs.back()).pairs);
  }
  for (const BehaviourIndex one : behaviours) {
    const auto& extracts = at(plan.tasks, extraction_.vector_task(one)).inputs;
    task.n_extracts.push_back(static_cast<std::int32_t>(extracts.size()));
    inputs.insert(inputs.end(), extracts.begin(), extracts.end());
  }
  saes_.emplace_back();
  Taken& taken = saes_.back();
  taken.task = builder.next_task();
  taken.first_row = next_row(plan.tables.decompositions);
  // The zero vector's rows first: they belong to no behaviour.
  std::vector<Decomposed> vectors = vectors_of(builder, sae);
  for (const Decomposed& one : vectors) task.vectors.push_back(one.request);
  if (std::ranges::any_of(task.vectors, [](const auto& one) {
        return one.control == jobs::Control::shuffled ||
               one.control == jobs::Control::resampled;
      })) {
    for (const BehaviourIndex one : behaviours) {
      task.clusters.push_back(clusters_of(plan, one));
    }
  }
  std::ranges::stable_partition(
      vectors, [](const Decomposed& one) { return !one.behaviour.there(); });
  for (const Decomposed& one : vectors) add_requests(builder, sae, one, task);
  if (task.requests.empty()) {
    throw ProgramError(ExitCode::bad_sweep,
                       storage::Fault{sweep.path, "sae." + of.entry.id,
                                      "no method that is left", "one of them",
                                      "take the SAE out whole, by sae = \"" +
                                          of.entry.id + "\""});
  }
  if (std::ranges::count(sweep.steer.layers, of.entry.layer) > 0) {
    add_parts(sweep, behaviours, vectors, task, taken);
  }
  const auto cost = jobs::cost_of(task, of.header, n_pairs);
  builder.add_task(std::move(task), inputs, cost, InputBulk::wanted);
  if (sweep.decompose.differences > 0) add_differences(builder, sae);
}

void DecompositionStage::add_parts(
    const Sweep& sweep, const std::vector<BehaviourIndex>& behaviours,
    const std::vector<Decomposed>& vectors, jobs::DecomposeTask& task,
    Taken& taken) {
  PartsMaker maker(task);
  const auto n = static_cast<std::int32_t>(behaviours.size());
  for (std::int32_t vector = 0; vector < n; ++vector) {
    auto& methods = taken.rebuilt.emplace_back();
    for (const jobs::MethodChoice& method : sweep.steer.methods) {
      auto& parts = methods.emplace_back();
      for (const PartChoice& part : sweep.steer.parts) {
        parts.push_back(maker.add(vector, method, part));
      }
    }
  }
  for (const jobs::MethodChoice& method : sweep.steer.methods) {
    taken.zero.push_back(maker.add(n, method, {}));
  }
  taken.resampled.resize(behaviours.size());
  for (const Decomposed& one : vectors) {
    if (one.request.control != jobs::Control::resampled) continue;
    for (const jobs::MethodChoice& method : sweep.steer.resampled_methods) {
      taken.resampled[static_cast<std::size_t>(one.request.input)].push_back(
          {method, one.seed, one.request.key,
           maker.add(one.number, method, {})});
    }
  }
}

RowOf<storage::DecompositionRow> DecompositionStage::row_of(
    SaeIndex sae, RequestIndex request) const {
  return RowOf<storage::DecompositionRow>(at(saes_, sae).first_row.number() +
                                          request.number());
}

DecompositionStage::Rebuilt DecompositionStage::rebuilt(
    const Plan& plan, SaeIndex sae, BehaviourIndex behaviour,
    std::size_t method, std::size_t part) const {
  return at(saes_, sae)
      .rebuilt.at(place_of(plan, sae, behaviour))
      .at(method)
      .at(part);
}

const std::vector<DecompositionStage::RebuiltResample>&
DecompositionStage::rebuilt_resamples(const Plan& plan, SaeIndex sae,
                                      BehaviourIndex behaviour) const {
  return at(saes_, sae).resampled.at(place_of(plan, sae, behaviour));
}

// Of a behaviour among its model's.
std::size_t DecompositionStage::place_of(const Plan& plan, SaeIndex sae,
                                         BehaviourIndex behaviour) {
  return behaviour.number() -
         at(plan.models, at(plan.saes, sae).model).first_behaviour;
}

}  // namespace coxswain::runner
