#include "runner/status/run_call.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cluster/slurm.hpp"

namespace coxswain::runner {

namespace fs = std::filesystem;

std::string command_of(const RunCall& call) {
  std::string line = call.launcher.empty() ? "" : call.launcher + " ";
  line += "coxswain run " + cluster::shell_word(call.sweep);
  if (!call.out.empty()) line += " --out " + cluster::shell_word(call.out);
  for (const std::string& word : call.words) {
    line += " " + cluster::shell_word(word);
  }
  return line;
}

std::string as_typed(const std::string& path) {
  std::error_code error;
  const fs::path from_here = fs::path(path).lexically_relative(
      fs::current_path(error).lexically_normal());
  const bool below = !error && !from_here.empty() && *from_here.begin() != "..";
  return below ? from_here.string() : path;
}

void to_json(nlohmann::json& json, const RunCall& call) {
  json = {{"launcher", call.launcher},
          {"sweep", fs::absolute(call.sweep).lexically_normal().string()},
          {"words", call.words}};
}

void from_json(const nlohmann::json& json, RunCall& call) {
  json.at("launcher").get_to(call.launcher);
  json.at("sweep").get_to(call.sweep);
  json.at("words").get_to(call.words);
}

}  // namespace coxswain::runner
