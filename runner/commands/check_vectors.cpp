#include "runner/commands/check_vectors.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "runner/base/exit_code.hpp"
#include "storage/files/fault.hpp"
#include "storage/vectors/own_vectors.hpp"

namespace coxswain::runner {
namespace {

std::string model_text(const storage::VectorModel& model) {
  std::string text;
  if (!model.name.empty()) text += ", of " + storage::printable(model.name);
  if (!model.family.empty()) {
    text += ", family " + storage::printable(model.family);
  }
  if (!model.digest.empty()) {
    text += ", SHA-256 " + storage::printable(model.digest);
  }
  return text.empty() ? ", of a model that it does not name" : text;
}

// The layers of one name: "layer 14, 3.2 long; layer 15, 4.1 long".
void print_name(const storage::OwnVectors& file, const std::string& name,
                const std::vector<storage::OwnVector>& vectors) {
  const auto values = storage::read_own_vectors(file, vectors);
  std::string text;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    text += i == 0 ? "" : "; ";
    text += vectors[i].layer < 0 ? "of no layer"
                                 : fmt::format("layer {}", vectors[i].layer);
    text += fmt::format(", {:.4g} long", storage::length_of(values[i]));
  }
  fmt::print("  {}: {}\n",
             name.empty() ? "without a name" : storage::printable(name), text);
}

}  // namespace

bool names_vectors(const std::string& path) {
  std::error_code ignored;
  if (path.ends_with(".toml") ||
      !std::filesystem::is_regular_file(path, ignored)) {
    return false;
  }
  // An array alone is none, and is told so.
  return path.ends_with(".npy") || blame(ExitCode::bad_model, [&] {
           return storage::is_vector_file(path);
         });
}

void print_vectors(const std::string& path) {
  blame(ExitCode::bad_data, [&] {
    const storage::OwnVectors file = storage::open_own_vectors(path);
    fmt::print("{}: {}, {} vectors of {} numbers{}\n", path,
               name_of(file.format), file.vectors.size(),
               file.vectors.front().width, model_text(file.model));
    std::map<std::string, std::vector<storage::OwnVector>> names;
    for (const auto& one : file.vectors) names[one.name].push_back(one);
    for (const auto& [name, vectors] : names) print_name(file, name, vectors);
    for (const std::string& note : file.notes) fmt::print("  note {}\n", note);
  });
}

}  // namespace coxswain::runner
