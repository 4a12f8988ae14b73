#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>

#include "runner/plan/names.hpp"
#include "runner/stages/control_keys.hpp"
#include "runner/stages/decomposition_stage.hpp"

// Decompositions of which a vector has several: those that [verdict] and
// [[support]] ask for.

namespace coxswain::runner {
namespace {

// Draws of rows are the same for all that draw rows, so that fewer are the
// first of more. Rounds and named features draw nothing.
storage::Key draw_key(const PlanBuilder& builder,
                      RowOf<storage::VectorRow> vector,
                      const std::string& digest, const std::string& method,
                      int draw) {
  if (method == "disjoint" || method == "support") return {};
  return builder.key_of(fmt::format(
      "draw/1 {} sae={} {} seed={}/{}", vector_name(builder, vector), digest,
      method == "rotated" ? "rotation" : "rows", builder.sweep().seed, draw));
}

}  // namespace

// What a cell's name says of a draw: nothing where there is one of a vector.
std::string DecompositionStage::draw_name(
    const jobs::DecompositionRequest& wanted) {
  if (wanted.draw < 0) return {};
  if (wanted.features.empty()) {
    return fmt::format(" draw={} {}", wanted.draw, hex(wanted.key));
  }
  return fmt::format(" features={}", fmt::join(wanted.features, ","));
}

// What a method makes several of, of a behaviour's own vector alone: with the
// SAE's own convention, without b_dec.
void DecompositionStage::add_draws(PlanBuilder& builder, SaeIndex sae,
                                   const Decomposed& of, Making& task) {
  const Plan& plan = builder.plan();
  const PlannedSae& by = at(plan.saes, sae);
  if (of.request.control != jobs::Control::none || !of.behaviour.there()) {
    return;
  }
  for (const WantedParts& wanted :
       wanted_parts(plan.sweep, by.entry, by.header)) {
    if (wanted.draw < 0 ||
        !keeps(builder, sae, of.behaviour, jobs::spelling(wanted.method))) {
      continue;
    }
    jobs::DecompositionRequest request{
        of.number,  wanted.method.name,    wanted.method.parameter,
        1,          by.header.b_dec_input, false,
        wanted.draw};
    request.features = wanted.features;
    request.key = draw_key(builder, vector_of(plan, sae, of.behaviour),
                           by.source.digest, wanted.method.name, wanted.draw);
    task.task.requests.push_back(request);
    add_row(builder, sae, of, request, task);
  }
}

void DecompositionStage::add_verdict_parts(
    const std::vector<WantedParts>& wanted, std::vector<Making>& tasks,
    Taken& taken) {
  taken.verdict.resize(tasks.size() - 1);
  for (std::size_t i = 0; i + 1 < tasks.size(); ++i) {
    for (const WantedParts& one : wanted) {
      for (const SteeredPart& part : one.parts) {
        const Rebuilt made = add_part(tasks[i].task, tasks[i].rows, 0,
                                      one.method, part.part, one.draw);
        if (made.part.there()) {
          taken.verdict[i].push_back({one.method, part.part, part.norms, made});
        }
      }
    }
  }
}

const std::vector<DecompositionStage::VerdictPart>&
DecompositionStage::verdict_parts(const Plan& plan, SaeIndex sae,
                                  BehaviourIndex behaviour) const {
  return at(saes_, sae).verdict.at(place_of(plan, sae, behaviour));
}

}  // namespace coxswain::runner
