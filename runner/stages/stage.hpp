#pragma once

#include <cstdint>
#include <vector>

#include "runner/plan/plan_builder.hpp"

namespace coxswain::runner {

class Sealing;
struct BulkFiles;

// Token ids, context after context.
using Texts = std::vector<std::vector<std::int32_t>>;

// Something that a sweep can ask for: which tasks compute it, where their
// results belong, and what results.h5 says of them. A stage plans first, is
// then part of the plan, and never changes again. It alone knows its places.
class Stage {
 public:
  virtual ~Stage() = default;

  // Adds what belongs to one model, as soon as this, its SAEs and behaviours
  // are in the plan. `text`: reference text, or none.
  virtual void plan_model(PlanBuilder& /*builder*/, ModelIndex /*model*/,
                          const Texts& /*text*/) {}
  // Adds the rest, when all models are there.
  virtual void plan(PlanBuilder& /*builder*/) {}

  // Fills its tables from committed results and says in which state its cells
  // are. Numbers without a result are NaN, counts -1.
  virtual void seal(Sealing& sealing) const = 0;

  // Arrays that are never in memory whole: into files of their own before the
  // tables are written, or into results.h5 behind them.
  virtual void seal_beside(Sealing& /*sealing*/, BulkFiles& /*files*/) const {}
  virtual void seal_behind(Sealing& /*sealing*/, BulkFiles& /*files*/,
                           storage::ResultsWriter& /*writer*/) const {}
  virtual bool has_bulk() const { return false; }

  // What it adds to results.h5 beside the rows that the plan has, about.
  virtual std::int64_t result_bytes(const Plan& plan) const = 0;
};

// What a data set of results.h5 takes beside its numbers, with its attributes,
// about.
constexpr std::int64_t kDatasetBytes = 1600;

template <class Row>
std::int64_t row_bytes() {
  std::int64_t bytes = 0;
  for (const storage::Column& column : Row::schema().columns) {
    bytes += static_cast<std::int64_t>(column.size);
  }
  return bytes;
}

}  // namespace coxswain::runner
