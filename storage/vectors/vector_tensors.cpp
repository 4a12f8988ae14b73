#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "storage/files/fault.hpp"
#include "storage/files/json_text.hpp"
#include "storage/tensors/safetensors.hpp"
#include "storage/tensors/tensor_file.hpp"
#include "storage/vectors/left_out.hpp"
#include "storage/vectors/vector_names.hpp"
#include "storage/vectors/vector_readers.hpp"

namespace coxswain::storage {
namespace {

using nlohmann::json;

constexpr std::string_view kExported = "coxswain-vectors";

std::unique_ptr<TensorFile> open_tensors(const std::string& path,
                                         VectorFormat format) {
  switch (format) {
    case VectorFormat::npz:
      return open_npz(path);
    case VectorFormat::torch:
      return open_torch_pickle(path, TorchShape::any);
    default:
      return open_safetensors(path);
  }
}

bool is_floating(DType dtype) {
  return dtype == DType::f32 || dtype == DType::f64 || dtype == DType::f16 ||
         dtype == DType::bf16;
}

// [d], or rows of one; 0 for what is no vector.
std::int64_t width_of(const StoredTensor& tensor) {
  if (!is_floating(tensor.dtype) || tensor.shape.empty()) return 0;
  for (std::size_t i = 0; i + 1 < tensor.shape.size(); ++i) {
    if (tensor.shape[i] != 1) return 0;
  }
  const std::int64_t width = tensor.shape.back();
  return width > 1 && width <= kWidestVector ? width : 0;
}

std::string text_at(const std::map<std::string, std::string>& texts,
                    std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const auto found = texts.find(key);
    if (found != texts.end()) return found->second;
  }
  return {};
}

// Of the names that people give tensors.
OwnVector named_by_people(const std::string& path, const std::string& tensor) {
  if (const auto place = other_place(tensor)) {
    throw StorageError(
        {path, printable(tensor), "a vector of " + std::string(*place),
         "one of resid_post",
         *place == "hidden_state"
             ? "hidden_states[N] is what block N - 1 puts out: name the tensor "
               "layer_ and the block, from 0"
         : *place == "resid_pre"
             ? "resid_pre of block N is resid_post of block N - 1: name it so"
             : ""});
  }
  const LayerName name = layer_in(tensor);
  if (name.from_end) {
    throw StorageError({path, printable(tensor),
                        "a layer below 0, counted from the end, in its name",
                        "a block, counted from 0", "rename the tensor"});
  }
  if (name.two) {
    throw StorageError({path, printable(tensor), "two layers in its name",
                        "one", "rename the tensor"});
  }
  return {tensor, name.rest, name.layer, 0};
}

// Of what `coxswain export` writes: BEHAVIOUR/layer_15/KIND, and a text of JSON
// that says the layer once more.
OwnVector named_by_export(const std::string& path,
                          const SafetensorsMetadata& metadata,
                          const std::string& tensor) {
  const auto refuse = [&](const std::string& found) {
    throw StorageError({path, printable(tensor), found,
                        "a name and a text as coxswain export has them",
                        "export the run again"});
  };
  const auto text = metadata.find(tensor);
  if (text == metadata.end()) refuse("a vector without its text");
  const json said = parse_json(text->second, path + ": " + printable(tensor));
  if (!said.is_object() || !said.contains("layer") ||
      !said["layer"].is_number_unsigned() ||
      said["layer"].get<std::uint64_t>() > 9999) {
    refuse("a text without a layer");
  }
  const auto layer = said["layer"].get<std::int32_t>();
  const std::string part = "/layer_" + std::to_string(layer) + "/";
  const std::size_t at = tensor.find('/');
  if (at == std::string::npos || tensor.compare(at, part.size(), part) != 0) {
    refuse("another layer in the name than " + std::to_string(layer));
  }
  return {tensor, tensor.substr(0, at + 1) + tensor.substr(at + part.size()),
          layer, 0};
}

// The layer that a file says beside its tensors.
std::optional<std::int32_t> layer_beside(
    const std::map<std::string, std::string>& texts) {
  const std::string said = text_at(texts, {"layer"});
  std::int32_t layer = -1;
  const char* end = said.data() + said.size();
  if (said.empty() || said.size() > 4 ||
      std::from_chars(said.data(), end, layer).ptr != end || layer < 0) {
    return std::nullopt;
  }
  return layer;
}

// What the file says goes for a tensor whose name says no layer, or merely ends
// in a number: "honesty_v2" has a version. Where both could be meant, none is.
void place(OwnVector& one, std::int32_t said, bool alone,
           const std::string& path) {
  const LayerName name = layer_in(one.tensor);
  if (name.layer == said) return;
  if (name.layer >= 0 && (name.by_word || !alone)) {
    if (!alone && name.by_word) return;
    throw StorageError(
        {path, printable(one.tensor),
         "a name that ends in " + std::to_string(name.layer) +
             ", and layer = " + std::to_string(said) + " beside it",
         "one layer", "name it layer_ and its block, or take layer away"});
  }
  one.name = one.tensor;
  one.layer = said;
}

SafetensorsMetadata metadata_of(const TensorFile& file, VectorFormat format) {
  if (format != VectorFormat::safetensors) return file.texts();
  return SafetensorsFile(file.path()).metadata();
}

}  // namespace

OwnVectors open_vector_tensors(const std::string& path, VectorFormat format) {
  const auto file = open_tensors(path, format);
  const SafetensorsMetadata metadata = metadata_of(*file, format);
  const bool exported = text_at(metadata, {"filetype"}) == kExported;
  OwnVectors found;
  found.model = {text_at(metadata, {"model", "model_name", "model_id"}),
                 text_at(metadata, {"model_digest"}),
                 text_at(metadata, {"family", "model_type"})};
  found.hook = text_at(metadata, {"hook"});
  LeftOut left_out;
  for (const auto& [name, tensor] : file->tensors()) {
    const std::int64_t width = width_of(tensor);
    if (width == 0) {
      left_out.add(name, std::string(name_of(tensor.dtype)) + " " +
                             shape_text(tensor.shape));
      continue;
    }
    found.vectors.push_back(exported ? named_by_export(path, metadata, name)
                                     : named_by_people(path, name));
    found.vectors.back().width = width;
  }
  const auto said = exported ? std::nullopt : layer_beside(metadata);
  for (OwnVector& one : found.vectors) {
    if (said) place(one, *said, found.vectors.size() == 1, path);
  }
  if (found.vectors.empty() && !left_out.empty()) {
    throw StorageError({path, "", left_out.text(),
                        "a tensor of floating-point numbers [d_model] for each "
                        "layer",
                        "which row is which layer is not said in a matrix: "
                        "save each by itself, named layer_ and the block from "
                        "0"});
  }
  if (!left_out.empty()) {
    found.notes.push_back("no vector: " + left_out.text());
  }
  return found;
}

std::vector<std::vector<float>> read_vector_tensors(
    const OwnVectors& of, std::span<const OwnVector> vectors) {
  const auto file = open_tensors(of.file, of.format);
  std::vector<std::vector<float>> read;
  for (const OwnVector& one : vectors) {
    const StoredTensor& tensor = tensor_at(*file, one.tensor);
    if (width_of(tensor) != one.width) {
      throw StorageError({of.file, printable(one.tensor),
                          shape_text(tensor.shape),
                          shape_text({one.width}) + ", as when it was opened",
                          "leave the file alone while it is read"});
    }
    read.push_back(floats(read_whole(*file, one.tensor)));
  }
  return read;
}

}  // namespace coxswain::storage
