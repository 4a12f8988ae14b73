#include "runner/report/export_files.hpp"

#include <fmt/format.h>

#include <cassert>
#include <map>
#include <set>
#include <tuple>

#include "analysis/forms/plain_text.hpp"
#include "analysis/forms/rows_csv.hpp"
#include "analysis/measures/item_slopes.hpp"
#include "runner/report/unique_name.hpp"
#include "storage/models/gguf_writer.hpp"
#include "storage/tensors/safetensors.hpp"

namespace coxswain::runner {
namespace {

using analysis::one_line;

constexpr const char* kProgram = "coxswain " COXSWAIN_VERSION;

// What each model is called in names of files, by row of tables/models.
std::vector<std::string> model_parts(const storage::Results& results) {
  std::set<std::string> taken;
  std::vector<std::string> parts;
  for (const storage::ModelRow& model : results.models) {
    parts.push_back(
        unique_name(analysis::file_name_part(model.name.str()), taken));
  }
  return parts;
}

storage::Array array_of(const ExportedVector& vector) {
  return {storage::DType::f32,
          {static_cast<std::int64_t>(vector.values.size() / sizeof(float))},
          std::string(vector.values)};
}

std::string safetensors_bytes(const storage::Results& results,
                              const ExportedVectors& vectors,
                              std::size_t model) {
  assert(model < results.models.size());
  const storage::ModelRow& row = results.models[model];
  storage::ArrayMap arrays;
  storage::SafetensorsMetadata metadata{
      {"filetype", "coxswain-vectors"},
      {"program", kProgram},
      {"model", one_line(row.name.str())},
      {"model_digest", one_line(row.digest.str())},
      {"family", one_line(row.family.str())},
      {"hook", vectors.hook},
      {"sweep_digest", one_line(results.origin.sweep_digest)}};
  for (const ExportedVector& vector : vectors.vectors) {
    if (vector.model != static_cast<std::int32_t>(model)) continue;
    arrays[vector.name.tensor] = array_of(vector);
    // Names of tensors have slashes, those above have none.
    metadata[vector.name.tensor] = vector.metadata;
  }
  return storage::to_safetensors(arrays, metadata);
}

// A direction a layer.
using Directions = std::map<std::int32_t, const ExportedVector*>;

std::string control_vector_bytes(const storage::Results& results,
                                 const ExportedVectors& vectors,
                                 const Directions& directions,
                                 const std::string& name) {
  const ExportedVector& any = *directions.begin()->second;
  const storage::ModelRow& model =
      results.models[static_cast<std::size_t>(any.model)];
  storage::GgufContents contents;
  contents.metadata = {
      {"general.architecture", "controlvector"},
      {"general.name", any.name.behaviour + " " + any.name.kind},
      {"controlvector.model_hint",
       gguf_architecture(one_line(model.family.str()))},
      {"controlvector.layer_count",
       static_cast<std::uint32_t>(directions.size())},
      {"coxswain.program", kProgram},
      {"coxswain.model", one_line(model.name.str())},
      {"coxswain.model_digest", one_line(model.digest.str())},
      {"coxswain.hook", vectors.hook},
      {"coxswain.sweep_digest", one_line(results.origin.sweep_digest)}};
  for (const auto& [layer, vector] : directions) {
    const std::string direction = fmt::format("direction.{}", layer);
    contents.metadata.emplace_back("coxswain." + direction, vector->metadata);
    contents.tensors.emplace_back(direction, array_of(*vector));
  }
  return storage::to_gguf(contents, name);
}

template <class Row>
void add_table(std::vector<ExportFile>& files, const std::vector<Row>& rows,
               const std::string& path = Row::schema().path) {
  files.push_back(
      {path + ".csv", 0, {}, [&rows] { return analysis::rows_to_csv(rows); }});
}

}  // namespace

std::vector<ExportFile> safetensors_files(const storage::Results& results,
                                          const ExportedVectors& vectors) {
  const std::vector<std::string> models = model_parts(results);
  std::vector<std::size_t> counts(models.size());
  for (const ExportedVector& vector : vectors.vectors) {
    ++counts[static_cast<std::size_t>(vector.model)];
  }
  std::vector<ExportFile> files;
  for (std::size_t model = 0; model < models.size(); ++model) {
    if (counts[model] == 0) continue;
    files.push_back({models[model] + ".safetensors",
                     counts[model],
                     {},
                     [&results, &vectors, model] {
                       return safetensors_bytes(results, vectors, model);
                     }});
  }
  return files;
}

std::vector<ExportFile> control_vector_files(const storage::Results& results,
                                             const ExportedVectors& vectors) {
  const std::vector<std::string> models = model_parts(results);
  // Several of one kind at one layer (SAEs whose names are told apart by
  // nothing but the layer's number) go to files of their own: what is in one
  // file is added together.
  std::map<std::tuple<std::int32_t, std::string, std::string>,
           std::vector<Directions>>
      kinds;
  for (const ExportedVector& vector : vectors.vectors) {
    if (vector.name.kind.empty() || vector.layer < 1) continue;
    auto& files =
        kinds[{vector.model, vector.name.behaviour, vector.name.kind}];
    auto file = files.begin();
    while (file != files.end() && file->contains(vector.layer)) ++file;
    if (file == files.end()) file = files.insert(file, Directions());
    (*file)[vector.layer] = &vector;
  }
  std::vector<ExportFile> files;
  std::set<std::string> taken;
  for (const auto& [key, several] : kinds) {
    const auto& [model, behaviour, kind] = key;
    for (const Directions& directions : several) {
      const std::string name =
          unique_name(fmt::format("gguf/{}/{}/{}",
                                  models[static_cast<std::size_t>(model)],
                                  behaviour, kind),
                      taken) +
          ".gguf";
      std::vector<std::int32_t> layers;
      for (const auto& [layer, vector] : directions) layers.push_back(layer);
      files.push_back({name, directions.size(), layers,
                       [&results, &vectors, directions, name] {
                         return control_vector_bytes(results, vectors,
                                                     directions, name);
                       }});
    }
  }
  return files;
}

std::vector<ExportFile> table_files(const storage::Results& results) {
  std::vector<ExportFile> files;
  for (const auto& [name, rows] : results.names) {
    add_table(files, rows, "names/" + analysis::file_name_part(name));
  }
  storage::for_each_table(results,
                          [&](const auto& rows) { add_table(files, rows); });
  files.push_back({"derived/item_slopes.csv", 0, {}, [&results] {
                     return analysis::item_slopes_csv(results);
                   }});
  return files;
}

std::string gguf_architecture(const std::string& family) {
  if (family == "gpt_neox") return "gptneox";
  if (family == "gemma3_text") return "gemma3";
  if (family == "mistral") return "llama";
  return family;
}

}  // namespace coxswain::runner
