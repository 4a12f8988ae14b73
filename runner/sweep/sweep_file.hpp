#pragma once

#include <string>

#include "runner/sweep/sweep.hpp"

namespace coxswain::runner {

// Strict: an unknown, mistyped or missing key throws ProgramError (bad_sweep)
// with file, line, and the nearest known key. Of models, headers are read where
// layers are "all" (bad_model).
Sweep read_sweep(const std::string& path, const std::string& hub,
                 const Overrides& overrides = {});

// A sweep that is in no file; `name` stands for the file in errors, `folder` is
// where its paths begin.
Sweep parse_sweep(const std::string& text, const std::string& name,
                  const std::string& folder, const std::string& hub,
                  const Overrides& overrides = {});

}  // namespace coxswain::runner
