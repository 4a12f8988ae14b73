#pragma once

#include <exception>
#include <string>

#include "storage/run/failure_kind.hpp"

namespace coxswain::jobs {

// Why a task has no output.
struct TaskFailure {
  storage::FailureKind kind = storage::FailureKind::unknown;
  std::string reason;  // one sentence
};

// What was thrown while a task was computed, its inputs' reading included:
// files and models by the type of the error, libtorch's by what it says.
TaskFailure failure_of(const std::exception& error);

}  // namespace coxswain::jobs
