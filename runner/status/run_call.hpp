#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace coxswain::runner {

// A call of `coxswain run`, so that people are told what to type to go on with
// it: what is of that one call alone (--until, --take-over ...) is left out.
struct RunCall {
  std::string launcher;  // "mpirun -n 3", or ""
  std::string sweep;     // path of the file
  std::string out;       // run directory; empty: the sweep file's own
  // What else going on needs: --set, --only, devices.
  std::vector<std::string> words;
};

// The line to type, quoted for a shell where that is needed.
std::string command_of(const RunCall& call);

// From the current folder, if the path lies in it: as one would type it.
std::string as_typed(const std::string& path);

// README.md here documents the keys. `out` is not among them: whoever reads it
// has found it.
void to_json(nlohmann::json& json, const RunCall& call);
void from_json(const nlohmann::json& json, RunCall& call);

}  // namespace coxswain::runner
