#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runner/status/run_view.hpp"

namespace coxswain::runner {

// How far a run is, for people: what it does, tasks by stage, workers, what
// went wrong, and the next command. Lines, each with its end.
std::string status_text(const RunView& view);

// Every worker of the last start, by number: its node, GPU, and what it does.
std::string workers_text(const RunView& view);

// Tasks that were given up, then failed attempts of others, each with worker,
// attempt and reason, and what to do about them.
std::string failures_text(const RunView& view);

// All of it for scripts; README.md here documents the keys.
nlohmann::json status_json(const RunView& view);

}  // namespace coxswain::runner
