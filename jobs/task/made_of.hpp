#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "jobs/task/task.hpp"
#include "storage/files/digest.hpp"

namespace coxswain::jobs {

// What is known of the result of a task's input: hashes of all of it, and of
// what is read of it apart (slices_of()). {}: not known.
struct InputContent {
  storage::Key all;
  std::span<const storage::Key> slices;
};

// The hash of all that decides a task's result: its fields, and of its inputs
// the bytes that it reads, whoever made them and wherever they lie in there. Of
// decompose, sign-null and activity tasks that is the layer they name, of
// variants tasks what their requests name. Two tasks with equal hashes give
// equal bytes, although their keys differ. {} if something is not known that it
// depends on.
//
// An evaluate task has none: its cells are known one by one.
storage::Key made_of(const Task& task, std::span<const InputContent> inputs,
                     std::int64_t threads);

// What all cells of an evaluation have in common: the model, what it computes
// in, whether its vocabulary is summed, and the numeric policy. `letter_mass`:
// of those that have the log-sum-exp, whatever the task wants.
storage::Key basis_of_cells(const EvaluateTask& task, bool letter_mass,
                            std::int64_t threads);
// What a variant does, and how, by the slices of its variants task: `vectors`
// are its own and the further ones. {} where one is not known or not there.
storage::Key key_of_variant(const SteeredVariant& variant, Operation operation,
                            std::span<const storage::Key> vectors);

}  // namespace coxswain::jobs
