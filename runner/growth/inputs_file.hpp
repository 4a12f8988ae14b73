#pragma once

#include <optional>
#include <string>

#include "runner/growth/run_inputs.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// inputs.json of a run directory: README.md here documents it. It is no input
// of a run: without it nothing but the reasons for what is computed are lost.

// What was read of it.
struct NotedInputs {
  std::optional<RunInputs> inputs;  // none: it is not there, or can't be read
  std::string fault;                // why it can't be read; else empty
};
NotedInputs read_inputs(const storage::RunDirectory& run);

// Puts them there, whole or not at all. Throws StorageError.
void write_inputs(const storage::RunDirectory& run, const RunInputs& inputs);

}  // namespace coxswain::runner
