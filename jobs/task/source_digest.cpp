#include "jobs/task/source_digest.hpp"

#include <filesystem>
#include <set>

#include "storage/files/digest.hpp"
#include "storage/models/weight_file.hpp"

namespace coxswain::jobs {

namespace fs = std::filesystem;

std::string model_digest(const std::string& path, const FileDigest& of_file) {
  if (!fs::is_directory(path)) return of_file(path);
  const fs::path config = fs::path(path) / "config.json";
  std::set<std::string> files{config.string()};
  const storage::WeightFile weights = storage::open_safetensors_folder(path);
  for (const storage::FileReader& file : weights.files()) {
    files.insert(file.path());
  }
  std::string lines;
  for (const std::string& file : files) {
    lines += of_file(file) + "  " + fs::path(file).filename().string() + "\n";
  }
  return storage::sha256(lines);
}

std::string sae_digest(const SaeHeader& header, const FileDigest& of_file) {
  std::string digests;
  for (const std::string& file : header.files) {
    digests += of_file(file);
  }
  return storage::sha256(digests);
}

}  // namespace coxswain::jobs
