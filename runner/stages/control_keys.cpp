#include "runner/stages/control_keys.hpp"

#include <fmt/format.h>

#include "runner/plan/names.hpp"

namespace coxswain::runner {
namespace {

// Whether the name of the control has its clusters. Resampled vectors had
// clusters before they were told in names: of letters and of pairs of words,
// which names know by the pairs; those of other data are told.
bool tells_clusters(const Plan& plan, jobs::Control control,
                    RowOf<storage::VectorRow> vector) {
  if (control == jobs::Control::shuffled || control == jobs::Control::subset) {
    return true;
  }
  if (control != jobs::Control::resampled) return false;
  const jobs::Behaviour& data =
      at(plan.behaviours, BehaviourIndex(static_cast<std::size_t>(
                              at(plan.tables.vectors, vector).behaviour)));
  return data.cluster_rule == jobs::ClusterRule::group ||
         (data.answers.has_value() && !data.letters);
}

}  // namespace

std::string vector_name(const PlanBuilder& builder,
                        RowOf<storage::VectorRow> vector) {
  return builder.name_of(
      row_of<storage::CellRow>(at(builder.plan().tables.vectors, vector).cell));
}

storage::Key control_key(const PlanBuilder& builder, jobs::Control control,
                         RowOf<storage::VectorRow> vector, int seed,
                         const std::vector<jobs::PairCluster>& clusters) {
  // Version 1 of shuffled flipped every pair by itself, that of covariance had
  // both sides around one mean.
  const bool second = control == jobs::Control::shuffled ||
                      control == jobs::Control::covariance;
  const bool tells = tells_clusters(builder.plan(), control, vector);
  return builder.key_of(fmt::format(
      "control/{} {} control={} seed={}/{}{}", second ? 2 : 1,
      vector_name(builder, vector), jobs::name_of(control),
      builder.sweep().seed, seed,
      tells ? " clusters=" + hex(jobs::key_of_clusters(clusters)) : ""));
}

}  // namespace coxswain::runner
