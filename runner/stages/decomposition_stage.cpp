#include "runner/stages/decomposition_stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
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

}  // namespace

void DecompositionStage::plan(PlanBuilder& builder) {
  const std::optional<VerdictEntry>& verdict = builder.sweep().verdict;
  if (verdict) builder.add_note(verdict_words(*verdict));
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

// A task for each behaviour of the model, then that of the zero vector.
std::vector<DecompositionStage::Making> DecompositionStage::begin(
    PlanBuilder& builder, SaeIndex sae) const {
  const Plan& plan = builder.plan();
  const Sweep& sweep = plan.sweep;
  const PlannedSae& of = at(plan.saes, sae);
  std::vector<Making> tasks;
  const auto add = [&](BehaviourIndex behaviour) {
    Making& one = tasks.emplace_back();
    one.behaviour = behaviour;
    one.task.sae = of.source;
    one.task.layer = extraction_.layer_of(sweep, of.entry.layer).column();
    one.task.top = sweep.decompose.top;
    one.task.n_differences = sweep.decompose.differences;
    one.task.planted_atoms = sweep.decompose.planted_atoms;
    if (!behaviour.there()) return;
    // The vector task, then its extract tasks.
    const TaskIndex vector = extraction_.vector_task(behaviour);
    const PlannedTask& planned = at(plan.tasks, vector);
    one.inputs.push_back(vector);
    one.inputs.insert(one.inputs.end(), planned.inputs.begin(),
                      planned.inputs.end());
    one.n_pairs.push_back(planned.pairs);
    one.task.n_extracts.push_back(
        static_cast<std::int32_t>(planned.inputs.size()));
    one.task.behaviour = at(plan.data, behaviour).behaviour;
    one.ranks =
        sweep.decompose.differences > 0 && keeps(builder, sae, behaviour, "");
  };
  for (const BehaviourIndex one : behaviours_of(plan, of.model)) add(one);
  add({});
  return tasks;
}

// `clusters`: of the pairs of the task's behaviour, if anything is drawn of
// them.
DecompositionStage::Decomposed DecompositionStage::add_vector(
    const PlanBuilder& builder, SaeIndex sae, const StandIn& as,
    const std::vector<jobs::PairCluster>& clusters, Making& task) const {
  const BehaviourIndex behaviour = task.behaviour;
  Decomposed one;
  one.number = static_cast<std::int32_t>(task.task.vectors.size());
  one.behaviour = behaviour;
  one.other = as.other;
  one.request = {as.control, behaviour.there() ? 0 : -1, -1, {}};
  one.seed = as.seed;
  if (as.seed >= 0) {
    one.request.key = control_key(builder, as.control,
                                  vector_of(builder.plan(), sae, behaviour),
                                  as.seed, clusters);
  }
  if (as.other.there()) {
    one.request.other = static_cast<std::int32_t>(task.inputs.size());
    task.inputs.push_back(extraction_.vector_task(as.other));
  }
  // What is drawn by clusters has them with it.
  if ((as.control == jobs::Control::shuffled ||
       as.control == jobs::Control::resampled) &&
      task.task.clusters.empty()) {
    task.task.clusters.push_back(clusters);
  }
  task.task.vectors.push_back(one.request);
  return one;
}

// In the order of their rows: the zero vector, which belongs to no behaviour,
// the behaviours' own vectors, the stand-ins, then the resampled vectors.
std::vector<DecompositionStage::Decomposed> DecompositionStage::add_vectors(
    const PlanBuilder& builder, SaeIndex sae,
    std::vector<Making>& tasks) const {
  const Plan& plan = builder.plan();
  const std::size_t n = tasks.size() - 1;  // behaviours
  std::vector<Decomposed> all;
  std::vector<jobs::PairCluster> clusters;  // of the behaviour's pairs
  const auto add = [&](std::size_t task, jobs::Control control, int seed,
                       BehaviourIndex other) {
    all.push_back(add_vector(builder, sae, {control, seed, other}, clusters,
                             tasks[task]));
    all.back().task = task;
  };
  add(n, jobs::Control::zero, -1, {});
  for (std::size_t task = 0; task < n; ++task) {
    add(task, jobs::Control::none, -1, {});
  }
  for (std::size_t task = 0; task < n; ++task) {
    const BehaviourIndex own = tasks[task].behaviour;
    if (!wants_vector(plan, sae, own)) continue;
    clusters = clusters_of(plan, own);
    for (const ControlCount& stand_in : plan.sweep.decompose.controls) {
      if (stand_in.control != jobs::Control::other) {
        for (int seed = 0; seed < stand_in.count; ++seed) {
          add(task, stand_in.control, seed, {});
        }
        continue;
      }
      for (std::size_t i = 0; i < n; ++i) {
        const BehaviourIndex other = tasks[i].behaviour;
        if (is_other(plan, own, other) && wants_vector(plan, sae, other)) {
          add(task, stand_in.control, -1, other);
        }
      }
    }
  }
  const int resamples =
      takes_resampled_apart(plan, sae) ? plan.sweep.resample : 0;
  for (std::size_t task = 0; task < n; ++task) {
    if (resamples == 0 || !wants_vector(plan, sae, tasks[task].behaviour) ||
        own_vector_of(plan, tasks[task].behaviour) != nullptr) {
      continue;
    }
    clusters = clusters_of(plan, tasks[task].behaviour);
    for (int seed = 0; seed < resamples; ++seed) {
      add(task, jobs::Control::resampled, seed, {});
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
                                      const Decomposed& of, Making& task) {
  const DecomposeEntry& rules = builder.sweep().decompose;
  const bool own = of.request.control == jobs::Control::none;
  const bool of_pairs =
      own && (!of.behaviour.there() ||
              own_vector_of(builder.plan(), of.behaviour) == nullptr);
  const bool resampled = of.request.control == jobs::Control::resampled;
  for (const jobs::MethodChoice& method :
       resampled ? builder.sweep().steer.resampled_methods : rules.methods) {
    const jobs::MethodTraits& traits = jobs::traits_of(method.name);
    // No behaviour, no activations; and pairs have a difference of codes
    // whatever stands in for their vector.
    if ((!of.behaviour.there() && traits.activations) ||
        (!of_pairs && traits.of_pairs) ||
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
          task.task.requests.push_back({of.number, method.name,
                                        method.parameter, scale, b_dec_input,
                                        b_dec_output});
          add_row(builder, sae, of, task.task.requests.back(), task);
        }
      }
    }
  }
}

void DecompositionStage::add_row(PlanBuilder& builder, SaeIndex sae,
                                 const Decomposed& of,
                                 const jobs::DecompositionRequest& wanted,
                                 Making& task) {
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
  row.draw = wanted.draw;
  row.scale = wanted.scale;
  row.b_dec_input = wanted.b_dec_input ? 1 : 0;
  row.b_dec_output = wanted.b_dec_output ? 1 : 0;
  row.cell =
      builder
          .add_cell(
              CellKind::decomposition,
              fmt::format(
                  "decomposition/2 {} control={} other={} seed={} atoms={} "
                  "sae={} {} method={} parameter={} scale={} b_dec={}{}{}",
                  name_of(vector), jobs::name_of(of.request.control),
                  name_of(other), hex(of.request.key), atoms, by.source.digest,
                  by.source.facts, wanted.method, wanted.parameter,
                  wanted.scale, row.b_dec_input, row.b_dec_output,
                  draw_name(wanted)))
          .column64();
  task.rows.push_back(next_row(plan.tables.decompositions));
  builder.tables().decompositions.push_back(row);
}

void DecompositionStage::add_differences(PlanBuilder& builder, SaeIndex sae,
                                         BehaviourIndex behaviour) {
  const Plan& plan = builder.plan();
  const PlannedSae& of = at(plan.saes, sae);
  Differences place;
  place.task = task_of(plan, sae, behaviour);
  place.vector = vector_of(plan, sae, behaviour);
  place.sae = sae;
  place.most = plan.sweep.decompose.differences;
  place.cell = builder.add_cell(
      CellKind::code_differences,
      fmt::format("code-differences/2 {} sae={} {} most={}",
                  vector_name(builder, place.vector), of.source.digest,
                  of.source.facts, place.most));
  differences_.push_back(place);
}

void DecompositionStage::add_sae(PlanBuilder& builder, SaeIndex sae) {
  const Plan& plan = builder.plan();
  const Sweep& sweep = plan.sweep;
  const SaeEntry& entry = at(plan.saes, sae).entry;
  std::vector<Making> tasks = begin(builder, sae);
  const std::vector<Decomposed> vectors = add_vectors(builder, sae, tasks);
  for (const Decomposed& one : vectors) {
    add_requests(builder, sae, one, tasks[one.task]);
    add_draws(builder, sae, one, tasks[one.task]);
  }
  if (std::ranges::all_of(
          tasks, [](const Making& one) { return one.task.requests.empty(); })) {
    throw ProgramError(ExitCode::bad_sweep,
                       storage::Fault{sweep.path, "sae." + entry.id,
                                      "no method that is left", "one of them",
                                      "take the SAE out whole, by sae = \"" +
                                          entry.id + "\""});
  }
  Taken& taken = saes_.emplace_back();
  if (std::ranges::count(sweep.steer.layers, entry.layer) > 0) {
    add_parts(sweep, vectors, tasks, taken);
    add_verdict_parts(wanted_parts(sweep, entry, at(plan.saes, sae).header),
                      tasks, taken);
  }
  for (Making& one : tasks) {
    const TaskIndex made = add_task(builder, sae, one);
    if (one.behaviour.there()) {
      taken.tasks.push_back(made);
    } else {
      taken.zero_task = made;
    }
    places_.resize(plan.tables.decompositions.size());
    for (std::size_t i = 0; i < one.rows.size(); ++i) {
      at(places_, one.rows[i]) = {made, RequestIndex(i)};
    }
  }
  for (const Making& one : tasks) {
    if (one.ranks) add_differences(builder, sae, one.behaviour);
  }
}

// None if nothing is asked of it.
TaskIndex DecompositionStage::add_task(PlanBuilder& builder, SaeIndex sae,
                                       Making& task) {
  const Plan& plan = builder.plan();
  if (task.task.requests.empty() && !task.ranks) return {};
  if (!task.behaviour.there()) {
    // The zero vector knows no model: what another one's SAE of the same files
    // makes of it is the same task.
    const storage::Key key = jobs::key_of(
        task.task, std::vector<storage::Key>(), plan.sweep.threads);
    for (const Taken& one : saes_) {
      if (one.zero_task.there() && at(plan.tasks, one.zero_task).key == key) {
        return one.zero_task;
      }
    }
  }
  const auto cost =
      jobs::cost_of(task.task, at(plan.saes, sae).header, task.n_pairs);
  return builder.add_task(std::move(task.task), std::move(task.inputs), cost,
                          InputBulk::wanted);
}

// The part of a decomposition that is steered with: of the first convention at
// scale 1; without b_dec if the sweep has that.
DecompositionStage::Rebuilt DecompositionStage::add_part(
    jobs::DecomposeTask& task,
    const std::vector<RowOf<storage::DecompositionRow>>& rows,
    std::int32_t vector, const jobs::MethodChoice& method,
    const PartChoice& part, int draw) {
  const auto matches = [&](const jobs::DecompositionRequest& one) {
    return one.vector == vector && one.method == method.name &&
           one.parameter == method.parameter && one.draw == draw;
  };
  auto found = std::ranges::find_if(task.requests, [&](const auto& one) {
    return matches(one) && !one.b_dec_output;
  });
  if (found == task.requests.end()) {
    found = std::ranges::find_if(task.requests, matches);
  }
  if (found == task.requests.end()) return {};
  const RequestIndex request(
      static_cast<std::size_t>(found - task.requests.begin()));
  const PartIndex made(task.parts.size());
  task.parts.push_back({request.column(), part.part, part.k});
  return {rows[request.number()], made};
}

void DecompositionStage::add_parts(const Sweep& sweep,
                                   const std::vector<Decomposed>& vectors,
                                   std::vector<Making>& tasks, Taken& taken) {
  for (std::size_t i = 0; i + 1 < tasks.size(); ++i) {
    auto& methods = taken.rebuilt.emplace_back();
    for (const jobs::MethodChoice& method : sweep.steer.methods) {
      auto& parts = methods.emplace_back();
      for (const PartChoice& part : sweep.steer.parts) {
        parts.push_back(
            add_part(tasks[i].task, tasks[i].rows, 0, method, part));
      }
    }
  }
  Making& zero = tasks.back();
  for (const jobs::MethodChoice& method : sweep.steer.methods) {
    taken.zero.push_back(add_part(zero.task, zero.rows, 0, method, {}));
  }
  taken.resampled.resize(tasks.size() - 1);
  for (const Decomposed& one : vectors) {
    if (one.request.control != jobs::Control::resampled) continue;
    Making& of = tasks[one.task];
    for (const jobs::MethodChoice& method : sweep.steer.resampled_methods) {
      taken.resampled[one.task].push_back(
          {method, one.seed, one.request.key,
           add_part(of.task, of.rows, one.number, method, {})});
    }
  }
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
