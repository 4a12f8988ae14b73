#pragma once

#include "runner/schedule/scheduler.hpp"
#include "storage/run/failure_kind.hpp"

namespace coxswain::runner {

// Whether another attempt may do better: an input or a number is the same for
// every worker, all else may be the machine's or the moment's.
// runner/base/README.md has the table.
constexpr Again again_after(storage::FailureKind kind) {
  using storage::FailureKind;
  return kind == FailureKind::input || kind == FailureKind::numbers
             ? Again::never
             : Again::maybe;
}

}  // namespace coxswain::runner
