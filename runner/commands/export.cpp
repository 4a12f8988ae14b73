#include "runner/report/export_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "analysis/forms/plain_text.hpp"
#include "runner/commands/results_at.hpp"
#include "runner/commands/run_commands.hpp"
#include "storage/files/durable_file.hpp"
#include "storage/files/fault.hpp"
#include "storage/files/file_reader.hpp"

namespace coxswain::runner {
namespace {

namespace fs = std::filesystem;

enum class Existing : std::uint8_t { none, equal };

// Refuses a file that is another one.
Existing look_at_existing(const std::string& path, const ExportFile& file) {
  if (!fs::exists(path)) return Existing::none;
  const auto refuse = [&](const char* found) {
    throw storage::StorageError({path, "", found, "no such file, or this one",
                                 "export to another folder, or remove it"});
  };
  if (!fs::is_regular_file(path)) refuse("something that is no file");
  const std::string bytes = file.bytes();
  const storage::FileReader there(path);
  if (there.size() != bytes.size() || there.read(0, there.size()) != bytes) {
    refuse("a file with other bytes");
  }
  return Existing::equal;
}

// Looks at all of them before it writes one. Returns how many were there.
std::size_t write_new(const std::string& folder,
                      const std::vector<ExportFile>& files) {
  if (fs::exists(folder) && !fs::is_directory(folder)) {
    throw storage::StorageError({folder, "", "something that is no folder",
                                 "a folder, or nothing yet",
                                 "export to another one"});
  }
  std::vector<const ExportFile*> missing;
  for (const ExportFile& file : files) {
    if (look_at_existing(folder + "/" + file.name, file) == Existing::none) {
      missing.push_back(&file);
    }
  }
  for (const ExportFile* file : missing) {
    const std::string path = folder + "/" + file->name;
    const std::string bytes = file->bytes();
    storage::make_folders(fs::path(path).parent_path().string());
    storage::replace_file(path, bytes);
  }
  return files.size() - missing.size();
}

void print_safetensors(const std::string& folder,
                       const std::vector<ExportFile>& files) {
  for (const ExportFile& file : files) {
    fmt::print("{}/{}   {} vectors\n", folder, file.name, file.n_vectors);
  }
}

// A line a folder, which is a behaviour of a model.
void print_control_vectors(const std::string& folder,
                           const std::vector<ExportFile>& files) {
  struct Group {
    std::size_t files = 0, vectors = 0;
  };
  std::map<std::string, Group> groups;
  for (const ExportFile& file : files) {
    Group& group = groups[fs::path(file.name).parent_path().string()];
    ++group.files;
    group.vectors += file.n_vectors;
  }
  for (const auto& [name, group] : groups) {
    fmt::print("{}/{}/*.gguf   {} control vectors, {} directions\n", folder,
               name, group.files, group.vectors);
  }
}

// At which positions the sweep added its vectors; empty if it added none.
std::string position_rule(const storage::Results& results) {
  if (results.propensity.empty()) return "";
  for (const auto& [name, rows] : results.names) {
    const std::int32_t id = results.propensity[0].positions;
    if (name == "position_rules" && id >= 0 && id < std::ssize(rows)) {
      return rows[static_cast<std::size_t>(id)].description.str();
    }
  }
  return "";
}

// Whether the layers of a control vector were steered with at once: those of an
// original of such a behaviour.
bool acts_together(const storage::Results& results, const ExportFile& file) {
  return file.name.ends_with("/original.gguf") &&
         std::ranges::any_of(results.variants, [&](const auto& row) {
           const auto behaviour = static_cast<std::size_t>(row.behaviour);
           return row.together > 1 && behaviour < results.behaviours.size() &&
                  file.name.find("/" +
                                 analysis::file_name_part(
                                     results.behaviours[behaviour].name.str()) +
                                 "/") != std::string::npos;
         });
}

void print_use(const storage::Results& results, const std::string& folder,
               const std::vector<ExportFile>& files) {
  if (files.empty()) return;
  const std::string rule = position_rule(results);
  fmt::print(
      "note llama.cpp adds a control vector at every position, and all of its "
      "layers at once; the sweep steered {}{}\n",
      std::ranges::any_of(results.variants,
                          [](const auto& row) { return row.together > 1; })
          ? "one layer at a time, but for those that act together"
          : "one layer at a time",
      rule.empty() || rule == "every position" ? "" : ", " + rule);
  auto file = std::ranges::find_if(files, [](const ExportFile& one) {
    return one.name.ends_with("/original.gguf");
  });
  if (file == files.end()) file = files.begin();
  const bool together = acts_together(results, *file);
  const std::int32_t layer = file->layers.front();
  fmt::print(
      "next llama-cli -m MODEL.gguf --control-vector-scaled {}/{}:1{}\n"
      "     (1 is the multiplier, an older llama.cpp takes it as a word of its "
      "own; it has layers {}{})\n",
      folder, file->name,
      together ? ""
               : fmt::format(" --control-vector-layer-range {0} {0}", layer),
      fmt::join(file->layers, ", "), together ? ", which act together" : "");
}

void print_left_out(const ExportedVectors& vectors) {
  if (vectors.rows == 0) fmt::print("the results have no vectors\n");
  if (vectors.missing > 0) {
    fmt::print(
        "{} of {} vectors are left out: not computed, or not finite numbers\n",
        vectors.missing, vectors.rows);
  }
}

// What llama.cpp has no way to add.
void print_inexpressible(const ExportedVectors& vectors) {
  if (!is_resid_post(vectors.hook)) {
    fmt::print(
        "no control vectors: llama.cpp adds them to resid_post, and these "
        "belong to {}\n",
        vectors.hook);
    return;
  }
  const auto at_0 =
      std::ranges::count_if(vectors.vectors, [](const ExportedVector& vector) {
        return !vector.name.kind.empty() && vector.layer < 1;
      });
  if (at_0 > 0) {
    fmt::print(
        "{} vectors of layer 0 are no control vectors: llama.cpp steers every "
        "block but that\n",
        at_0);
  }
}

bool wants(const ExportOptions& options, ExportFormat format) {
  return std::ranges::count(options.formats, format) > 0;
}

ExitCode export_results(const storage::Results& results,
                        const ExportOptions& options) {
  const ExportedVectors vectors = exported_vectors(results);
  std::vector<ExportFile> tensors, control_vectors, tables;
  if (wants(options, ExportFormat::safetensors)) {
    tensors = safetensors_files(results, vectors);
  }
  const bool gguf = wants(options, ExportFormat::gguf);
  if (gguf && is_resid_post(vectors.hook)) {
    control_vectors = control_vector_files(results, vectors);
  }
  if (wants(options, ExportFormat::csv)) tables = table_files(results);
  std::vector<ExportFile> all = tensors;
  all.insert(all.end(), control_vectors.begin(), control_vectors.end());
  all.insert(all.end(), tables.begin(), tables.end());
  const std::size_t there = write_new(options.out, all);

  print_safetensors(options.out, tensors);
  print_control_vectors(options.out, control_vectors);
  if (!tables.empty()) {
    fmt::print(
        "{0}/tables/*.csv, {0}/names/*.csv, {0}/derived/*.csv   {1} tables\n",
        options.out, tables.size());
  }
  if (there > 0) {
    fmt::print("{} of these {} files were there already, byte for byte\n",
               there, all.size());
  }
  if (gguf || wants(options, ExportFormat::safetensors)) {
    print_left_out(vectors);
  }
  if (gguf) print_inexpressible(vectors);
  print_use(results, options.out, control_vectors);
  return ExitCode::done;
}

}  // namespace

ExitCode export_run(const ExportOptions& options) {
  const storage::Results results = results_at(options.run, options.cache);
  return blame(ExitCode::storage,
               [&] { return export_results(results, options); });
}

}  // namespace coxswain::runner
