#include "runner/commands/machine_folders.hpp"

#include <cstdlib>

namespace coxswain::runner {
namespace {

// `inside` the folder that variable `name` names; empty if it names none.
std::string folder_from(const char* name, const char* inside) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return {};
  return std::string(value) + inside;
}

// By huggingface_hub's own rules.
std::string hub_folder() {
  for (const std::string& folder :
       {folder_from("HF_HUB_CACHE", ""), folder_from("HF_HOME", "/hub"),
        folder_from("XDG_CACHE_HOME", "/huggingface/hub")}) {
    if (!folder.empty()) return folder;
  }
  return folder_from("HOME", "/.cache/huggingface/hub");
}

std::string cache_folder() {
  const std::string folder = folder_from("XDG_CACHE_HOME", "/coxswain");
  return folder.empty() ? folder_from("HOME", "/.cache/coxswain") : folder;
}

}  // namespace

MachineFolders machine_folders() { return {hub_folder(), cache_folder()}; }

}  // namespace coxswain::runner
