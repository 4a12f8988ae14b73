#include "tests/reference/reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <map>
#include <sstream>

#include "storage/files/digest.hpp"
#include "storage/files/file_reader.hpp"

namespace coxswain::tests {

namespace fs = std::filesystem;

fs::path reference_folder() {
  const fs::path source = COXSWAIN_SOURCE_DIR;
  if (const char* given = std::getenv("COXSWAIN_REFERENCE")) {
    const fs::path path = given;
    return path.is_absolute() ? path : source / path;
  }
  const fs::path beside = source / "../shared/reference";
  return fs::exists(beside) ? beside : source / "tests/data/reference";
}

bool run_all() { return std::getenv("COXSWAIN_REFERENCE_ALL") != nullptr; }

std::vector<fs::path> cases(const std::string& kind,
                            const std::string& description) {
  std::vector<fs::path> found;
  const fs::path folder = reference_folder() / kind;
  if (!fs::exists(folder)) return found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (fs::exists(entry.path() / description)) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

nlohmann::json read_json(const fs::path& path) {
  return nlohmann::json::parse(storage::read_text(path.string()));
}

namespace {

// The folders of COXSWAIN_MODELS that exist.
std::vector<std::string> model_folders() {
  const char* given = std::getenv("COXSWAIN_MODELS");
  std::istringstream folders(given != nullptr ? given
                                              : COXSWAIN_SOURCE_DIR
                                 "/examples/first_light/models");
  std::vector<std::string> found;
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (fs::is_directory(folder)) found.push_back(folder);
  }
  return found;
}

}  // namespace

std::optional<std::string> find_folder(const std::string& name) {
  for (const std::string& folder : model_folders()) {
    const fs::path path = fs::path(folder) / name;
    if (fs::exists(path / "config.json")) return path.string();
  }
  return std::nullopt;
}

std::optional<std::string> find_model(const std::string& sha256) {
  static std::map<std::string, std::string> digests;
  for (const std::string& folder : model_folders()) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() != ".gguf") continue;
      std::string& digest = digests[entry.path().string()];
      if (digest.empty()) {
        digest = storage::sha256_of_file(entry.path().string());
      }
      if (digest == sha256) return entry.path().string();
    }
  }
  return std::nullopt;
}

void skip(const fs::path& folder, const std::string& reason) {
  std::cout << folder.filename().string() << ": skipped, " << reason
            << std::endl;
}

bool within(const std::string& what, double difference, double tolerance) {
  std::cout << what << ": difference " << difference << ", tolerance "
            << tolerance << std::endl;
  return difference <= tolerance;
}

}  // namespace coxswain::tests
