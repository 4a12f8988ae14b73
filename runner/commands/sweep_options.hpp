#pragma once

#include <CLI/CLI.hpp>

#include "runner/commands/commands.hpp"

namespace coxswain::runner {

// The sweep file, --set and --only.
void add_sweep_choice(CLI::App& command, SweepChoice& from);

// The command `submit`; `options` must live as long as the parser.
CLI::App* add_submit(CLI::App& app, SubmitOptions& options);

}  // namespace coxswain::runner
