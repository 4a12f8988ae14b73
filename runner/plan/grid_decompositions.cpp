// The part of the grid that SAEs have: what is taken apart, how, and what of it
// can be steered with.

#include <fmt/format.h>

#include <algorithm>

#include "jobs/cost/decompose_cost.hpp"
#include "runner/base/exit_code.hpp"
#include "runner/plan/grid.hpp"
#include "runner/plan/names.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {

// Both conventions make a difference only where the encoder is asked.
std::vector<bool> Grid::conventions(const PlannedSae& sae,
                                    const jobs::MethodTraits& traits) const {
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

// The behaviours' own vectors first, then the zero vector, which belongs to no
// behaviour, then the stand-ins.
std::vector<Grid::Decomposed> Grid::vectors_of(const PlannedSae& sae) const {
  const PlannedModel& model = plan_.models[sae.model];
  const auto first = static_cast<std::int32_t>(model.first_behaviour);
  const auto n = static_cast<std::int32_t>(model.n_behaviours);
  std::vector<Decomposed> all;
  // Counted among the model's behaviours, as the task's inputs are.
  const auto add = [&](std::int32_t b, jobs::Control control, int seed,
                       std::int32_t other) {
    Decomposed one;
    one.number = static_cast<std::int32_t>(all.size());
    one.behaviour = b < 0 ? -1 : first + b;
    one.other = other < 0 ? -1 : first + other;
    one.request = {control, b, other, {}};
    one.seed = seed;
    if (seed >= 0) {
      one.request.key = control_key(
          control, vector_row(one.behaviour, sae.entry.layer), seed);
    }
    all.push_back(one);
  };
  const auto wanted = [&](std::int32_t b) {
    return wants_vector(first + b, sae.entry.layer);
  };
  for (std::int32_t b = 0; b < n; ++b) add(b, jobs::Control::none, -1, -1);
  add(-1, jobs::Control::zero, -1, -1);
  for (std::int32_t b = 0; b < n; ++b) {
    if (!wanted(b)) continue;
    for (const ControlCount& one : plan_.sweep.decompose.controls) {
      if (one.control == jobs::Control::other) {
        for (std::int32_t other = 0; other < n; ++other) {
          if (other != b && wanted(other)) add(b, one.control, -1, other);
        }
        continue;
      }
      for (int seed = 0; seed < one.count; ++seed) {
        add(b, one.control, seed, -1);
      }
    }
  }
  return all;
}

bool Grid::keeps(const PlannedSae& sae, const Decomposed& of,
                 const std::string& method) {
  CellTraits traits;
  traits.model = model_id(sae.model);
  if (of.behaviour >= 0) {
    if (!wants_vector(of.behaviour, sae.entry.layer)) return false;
    traits.behaviour =
        plan_.data[static_cast<std::size_t>(of.behaviour)].behaviour;
  }
  traits.layer = sae.entry.layer;
  traits.sae = sae.entry.id;
  traits.method = method;
  return selection_.keeps(traits);
}

void Grid::add_requests(PlannedSae& sae, const Decomposed& of,
                        jobs::DecomposeTask& task) {
  const DecomposeEntry& rules = plan_.sweep.decompose;
  const bool own = of.request.control == jobs::Control::none;
  for (const jobs::MethodChoice& method : rules.methods) {
    const jobs::MethodTraits& traits = jobs::traits_of(method.name);
    // No behaviour, no activations; and pairs have a difference of codes
    // whatever stands in for their vector.
    if ((of.behaviour < 0 && traits.activations) || (!own && traits.of_pairs)) {
      continue;
    }
    if (!keeps(sae, of, jobs::spelling(method))) continue;
    // Scale 1 first: it is what variants are rebuilt from.
    std::vector<double> scales{1};
    for (const double scale : rules.scales) {
      if (own && traits.scales && scale != 1) scales.push_back(scale);
    }
    for (const double scale : scales) {
      for (const bool b_dec_input : conventions(sae, traits)) {
        for (const bool b_dec_output : rules.b_dec_output) {
          const jobs::DecompositionRequest wanted{
              of.number, method.name, method.parameter,
              scale,     b_dec_input, b_dec_output};
          task.requests.push_back(wanted);
          add_decomposition_row(sae, of, std::ssize(task.requests) - 1, wanted);
        }
      }
    }
  }
}

// The zero vector is the same for all models; each has its own cells of it.
std::string Grid::zero_name(const PlannedSae& sae) const {
  for (const PlannedSae& one : saes_) {
    if (&one == &sae) break;
    if (one.model != sae.model && one.source.digest == sae.source.digest) {
      return "zero of " + model_id(sae.model);
    }
  }
  return "zero";
}

void Grid::add_decomposition_row(const PlannedSae& sae, const Decomposed& of,
                                 std::int64_t request,
                                 const jobs::DecompositionRequest& wanted) {
  storage::DecompositionRow row;
  row.model = static_cast<std::int32_t>(sae.model);
  row.layer = sae.entry.layer;
  row.vector =
      of.behaviour < 0 ? -1 : vector_row(of.behaviour, sae.entry.layer);
  row.sae = static_cast<std::int32_t>(&sae - saes_.data());
  row.method = method_id(wanted.method);
  row.control = static_cast<std::int32_t>(of.request.control);
  row.seed = of.seed;
  if (of.other >= 0) row.other = vector_row(of.other, sae.entry.layer);
  row.parameter = wanted.parameter;
  row.scale = wanted.scale;
  row.b_dec_input = wanted.b_dec_input ? 1 : 0;
  row.b_dec_output = wanted.b_dec_output ? 1 : 0;
  const auto of_vector = [&](std::int32_t vector) {
    return vector < 0 ? zero_name(sae)
                      : cell_name(plan_.tables
                                      .vectors[static_cast<std::size_t>(vector)]
                                      .cell);
  };
  const int atoms = of.request.control == jobs::Control::sparse
                        ? plan_.sweep.decompose.planted_atoms
                        : 0;
  row.cell = add_cell(
      cell_key(fmt::format(
          "decomposition/2 {} control={} other={} seed={} atoms={} sae={} {} "
          "method={} parameter={} scale={} b_dec={}{}",
          of_vector(row.vector), jobs::name_of(of.request.control),
          of_vector(row.other), hex(of.request.key), atoms, sae.source.digest,
          sae.source.facts, wanted.method, wanted.parameter, wanted.scale,
          row.b_dec_input, row.b_dec_output)),
      static_cast<std::uint8_t>(CellKind::decomposition));
  plan_.tables.decompositions.push_back(row);
  plan_.decompositions.push_back({sae.task, request});
}

// The first convention at scale 1; without b_dec if the sweep has that.
void Grid::add_parts(PlannedSae& sae, jobs::DecomposeTask& task) {
  const SteerEntry& steer = plan_.sweep.steer;
  const auto rebuilt = [&](std::int32_t vector,
                           const jobs::MethodChoice& method,
                           const PartChoice& part) {
    const auto matches = [&](const jobs::DecompositionRequest& one) {
      return one.vector == vector && one.method == method.name &&
             one.parameter == method.parameter;
    };
    auto found = std::ranges::find_if(task.requests, [&](auto& one) {
      return matches(one) && !one.b_dec_output;
    });
    if (found == task.requests.end()) {
      found = std::ranges::find_if(task.requests, matches);
    }
    if (found == task.requests.end()) return PlannedSae::Rebuilt{};
    const auto request =
        static_cast<std::int32_t>(found - task.requests.begin());
    task.parts.push_back({request, part.part, part.k});
    return PlannedSae::Rebuilt{
        request, static_cast<std::int32_t>(task.parts.size()) - 1};
  };
  const auto n =
      static_cast<std::int32_t>(plan_.models[sae.model].n_behaviours);
  for (std::int32_t b = 0; b < n; ++b) {
    auto& methods = sae.rebuilt.emplace_back();
    for (const jobs::MethodChoice& method : steer.methods) {
      auto& parts = methods.emplace_back();
      for (const PartChoice& part : steer.parts) {
        parts.push_back(rebuilt(b, method, part));
      }
    }
  }
  for (const jobs::MethodChoice& method : steer.methods) {
    sae.zero.push_back(rebuilt(n, method, {}));
  }
}

void Grid::add_code_differences(const PlannedSae& sae) {
  const PlannedModel& model = plan_.models[sae.model];
  for (std::size_t i = 0; i < model.n_behaviours; ++i) {
    Decomposed of;
    of.behaviour = static_cast<std::int32_t>(model.first_behaviour + i);
    if (!keeps(sae, of)) continue;
    DifferencePlace place;
    place.task = sae.task;
    place.behaviour = static_cast<std::int64_t>(i);
    place.vector = vector_row(of.behaviour, sae.entry.layer);
    place.sae = static_cast<std::int32_t>(&sae - saes_.data());
    place.most = plan_.sweep.decompose.differences;
    place.cell = add_cell(
        cell_key(fmt::format(
            "code-differences/2 {} sae={} {} most={}",
            cell_name(
                plan_.tables.vectors[static_cast<std::size_t>(place.vector)]
                    .cell),
            sae.source.digest, sae.source.facts, place.most)),
        static_cast<std::uint8_t>(CellKind::code_differences));
    plan_.differences.push_back(place);
  }
}

void Grid::add_decompositions(PlannedSae& sae) {
  const Sweep& sweep = plan_.sweep;
  jobs::DecomposeTask task;
  task.sae = sae.source;
  task.layer = layer_row(sae.entry.layer);
  task.top = sweep.decompose.top;
  task.n_differences = sweep.decompose.differences;
  task.planted_atoms = sweep.decompose.planted_atoms;
  const PlannedModel& model = plan_.models[sae.model];
  const auto first = vector_tasks_.begin() +
                     static_cast<std::ptrdiff_t>(model.first_behaviour);
  const std::vector<std::size_t> vector_tasks(
      first, first + static_cast<std::ptrdiff_t>(model.n_behaviours));
  std::vector<std::size_t> inputs = vector_tasks;
  for (const std::size_t vector : vector_tasks) {
    const auto& extracts = plan_.tasks[vector].inputs;
    task.n_extracts.push_back(static_cast<std::int32_t>(extracts.size()));
    inputs.insert(inputs.end(), extracts.begin(), extracts.end());
  }
  sae.task = plan_.tasks.size();
  sae.first_row = std::ssize(plan_.tables.decompositions);
  // The zero vector's rows first: they belong to no behaviour.
  std::vector<Decomposed> vectors = vectors_of(sae);
  for (const Decomposed& one : vectors) task.vectors.push_back(one.request);
  std::ranges::stable_partition(
      vectors, [](const Decomposed& one) { return one.behaviour < 0; });
  for (const Decomposed& one : vectors) add_requests(sae, one, task);
  if (task.requests.empty()) {
    throw ProgramError(ExitCode::bad_sweep,
                       storage::Fault{plan_.sweep.path, "sae." + sae.entry.id,
                                      "no method that is left", "one of them",
                                      "take the SAE out whole, by sae = \"" +
                                          sae.entry.id + "\""});
  }
  if (std::ranges::count(sweep.steer.layers, sae.entry.layer) > 0) {
    add_parts(sae, task);
  }
  std::vector<std::int64_t> n_pairs;
  for (const std::size_t vector : vector_tasks) {
    n_pairs.push_back(pairs_of(vector));
  }
  const auto cost = jobs::cost_of(task, sae.header, n_pairs);
  plan_.saes.push_back(sae.task);
  add_task(std::move(task), inputs, cost, InputBulk::wanted);
  if (sweep.decompose.differences > 0) add_code_differences(sae);
}

}  // namespace coxswain::runner
