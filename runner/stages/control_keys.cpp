#include "runner/stages/control_keys.hpp"

#include <fmt/format.h>

#include "runner/plan/names.hpp"

namespace coxswain::runner {

std::string vector_name(const PlanBuilder& builder,
                        RowOf<storage::VectorRow> vector) {
  return builder.name_of(
      row_of<storage::CellRow>(at(builder.plan().tables.vectors, vector).cell));
}

storage::Key control_key(const PlanBuilder& builder, jobs::Control control,
                         RowOf<storage::VectorRow> vector, int seed,
                         const std::vector<jobs::PairCluster>& clusters) {
  // Version 1 of shuffled flipped every pair by itself.
  const bool shuffled = control == jobs::Control::shuffled;
  return builder.key_of(fmt::format(
      "control/{} {} control={} seed={}/{}{}", shuffled ? 2 : 1,
      vector_name(builder, vector), jobs::name_of(control),
      builder.sweep().seed, seed,
      shuffled ? " clusters=" + hex(jobs::key_of_clusters(clusters)) : ""));
}

}  // namespace coxswain::runner
