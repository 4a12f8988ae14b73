#include "runner/stages/control_keys.hpp"

#include <fmt/format.h>

namespace coxswain::runner {

std::string vector_name(const PlanBuilder& builder,
                        RowOf<storage::VectorRow> vector) {
  return builder.name_of(
      row_of<storage::CellRow>(at(builder.plan().tables.vectors, vector).cell));
}

storage::Key control_key(const PlanBuilder& builder, jobs::Control control,
                         RowOf<storage::VectorRow> vector, int seed) {
  return builder.key_of(fmt::format(
      "control/1 {} control={} seed={}/{}", vector_name(builder, vector),
      jobs::name_of(control), builder.sweep().seed, seed));
}

}  // namespace coxswain::runner
