#pragma once

#include <string>

#include "runner/sweep/sweep_file.hpp"

namespace coxswain::tests {

// A sweep with nothing in it that can be left out.
extern const char* const kMinimalSweep;

// The minimal sweep, with `from` replaced by `to` at the first place.
std::string replaced(const std::string& from, const std::string& to);

// The text read as if it were a file s.toml.
runner::Sweep parse(const std::string& text,
                    const runner::Overrides& overrides = {});

// The sentence that it is refused with; empty if it is not. Fails unless that
// is the sweep file's fault.
std::string refusal(const std::string& text,
                    const runner::Overrides& overrides = {});

}  // namespace coxswain::tests
