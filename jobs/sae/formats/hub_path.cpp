#include "jobs/sae/formats/hub_path.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace coxswain::jobs {
namespace {

constexpr std::size_t kOwnFolders = 3;

// The number that `text` starts with; -1 if there is none.
std::int64_t leading_number(const std::string& text) {
  const std::size_t n = text.find_first_not_of("0123456789");
  const std::string digits = text.substr(0, n);
  return digits.empty() || digits.size() > 6 ? -1 : std::atoll(digits.c_str());
}

}  // namespace

HubPath::HubPath(const std::string& path) {
  std::vector<std::string> parts;
  for (const auto& part : std::filesystem::absolute(path).lexically_normal()) {
    if (!part.empty() && part != "/") parts.push_back(part.string());
  }
  if (!parts.empty() && parts.back().find('.') != std::string::npos &&
      std::filesystem::is_regular_file(path)) {
    parts.pop_back();
  }
  for (std::size_t i = 0; i < std::min(kOwnFolders, parts.size()); ++i) {
    folders_.push_back(parts[parts.size() - 1 - i]);
  }
  for (const std::string& part : parts) {
    if (!part.starts_with("models--")) continue;
    repository_ = part.substr(8);
    const std::size_t cut = repository_.find("--");
    if (cut != std::string::npos) repository_.replace(cut, 2, "/");
  }
}

bool HubPath::mentions(const std::string& word) const {
  return repository_.find(word) != std::string::npos ||
         std::any_of(folders_.begin(), folders_.end(),
                     [&](const std::string& folder) {
                       return folder.find(word) != std::string::npos;
                     });
}

std::int64_t HubPath::layer() const {
  for (const std::string& folder : folders_) {
    if (folder.starts_with("layer_")) return leading_number(folder.substr(6));
  }
  return -1;
}

std::string block_hook(std::int64_t layer, const std::string& rest) {
  return layer < 0 ? "" : "blocks." + std::to_string(layer) + "." + rest;
}

std::string hook_of_module(const std::string& module) {
  const std::string start = "model.layers.";
  if (!module.starts_with(start)) return "";
  const std::string rest = module.substr(start.size());
  const std::size_t dot = rest.find('.');
  if (dot == std::string::npos || rest.substr(dot) != ".output") return "";
  return block_hook(leading_number(rest), "hook_resid_post");
}

}  // namespace coxswain::jobs
