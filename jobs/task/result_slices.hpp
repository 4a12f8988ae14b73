#pragma once

#include <vector>

#include "jobs/task/task.hpp"
#include "storage/files/digest.hpp"

namespace coxswain::jobs {

// Hashes of what other tasks read apart of a task's output, so that they need
// not change when the rest of it does: each layer of extract, import and vector
// tasks, each part of a decompose task, each vector of a variants task ({} for
// one that is not available). Empty for other kinds, and where an array is not
// there or not of its shape.
std::vector<storage::Key> slices_of(const Task& task, const TaskOutput& output);

// The hash of all that a task gave: equal for equal outputs, wherever their
// arrays travel.
storage::Key content_of(const TaskOutput& output);

}  // namespace coxswain::jobs
