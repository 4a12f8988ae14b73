#include "storage/files/fault.hpp"
#include "storage/models/gguf.hpp"
#include "storage/vectors/left_out.hpp"
#include "storage/vectors/vector_names.hpp"
#include "storage/vectors/vector_readers.hpp"

namespace coxswain::storage {
namespace {

constexpr std::string_view kDirection = "direction.";

std::string text_or_none(const GgufFile& file, const char* key) {
  return file.has(key) ? file.text(key) : std::string();
}

// direction.N is what llama.cpp adds to the output of block N, counted from 0.
// It has no room for block 0 and refuses such a file, and so what another
// program means by direction.0 is not known.
std::int32_t layer_of(const GgufFile& file, const std::string& tensor) {
  const LayerName name = layer_in(tensor);
  const bool digits = tensor.find_first_not_of(
                          "0123456789", kDirection.size()) == std::string::npos;
  if (name.layer < 1 || !name.rest.empty() || !digits) {
    throw StorageError(
        {file.path(), printable(tensor), "no number of a layer from 1 on",
         "direction.N, N from 1, which is added to resid_post of block N",
         "name the tensor after the block, counted from 0; a vector of block 0 "
         "goes into a safetensors file, as layer_0"});
  }
  return name.layer;
}

// How many layers there are is said twice; a generator that says another number
// lost some.
void check_count(const GgufFile& file, OwnVectors& found) {
  const char* key = "controlvector.layer_count";
  if (!file.has(key)) return;
  const std::int64_t said = file.integer(key);
  if (said == std::ssize(found.vectors)) return;
  found.notes.push_back(std::string(key) + " is " + std::to_string(said) +
                        ", but there are " +
                        std::to_string(found.vectors.size()) + " directions");
}

}  // namespace

OwnVectors open_control_vector(const std::string& path) {
  const GgufFile file(path);
  const char* key = "general.architecture";
  const std::string architecture = text_or_none(file, key);
  if (architecture != "controlvector") {
    throw StorageError(
        {path, key,
         architecture.empty() ? "nothing"
                              : "\"" + printable(architecture) + "\"",
         "\"controlvector\"",
         "name a control vector; a model belongs into [[model]]"});
  }
  OwnVectors found;
  found.model = {text_or_none(file, "coxswain.model"),
                 text_or_none(file, "coxswain.model_digest"),
                 text_or_none(file, "controlvector.model_hint")};
  found.hook = text_or_none(file, "coxswain.hook");
  const std::string title = text_or_none(file, "general.name");
  LeftOut left_out;
  for (const auto& [name, tensor] : file.tensors()) {
    if (!name.starts_with(kDirection)) {
      left_out.add(name, shape_text(tensor.shape));
      continue;
    }
    if (tensor.shape.size() != 1 || tensor.quantisation == nullptr ||
        tensor.shape[0] > kWidestVector) {
      throw StorageError({path, printable(name), shape_text(tensor.shape),
                          "one axis of floating-point numbers",
                          "write each direction as an array of one axis"});
    }
    found.vectors.push_back(
        {name, title, layer_of(file, name), tensor.shape[0]});
  }
  check_count(file, found);
  if (!left_out.empty()) {
    found.notes.push_back("no direction: " + left_out.text());
  }
  return found;
}

std::vector<std::vector<float>> read_control_vector(
    const OwnVectors& of, std::span<const OwnVector> vectors) {
  const GgufFile file(of.file);
  const WeightFile weights = file.weights();
  std::vector<std::vector<float>> read;
  for (const OwnVector& one : vectors) {
    const StoredWeight& weight = weights.weight(one.tensor);
    if (weight.shape != std::vector<std::int64_t>{one.width}) {
      throw StorageError({of.file, printable(one.tensor),
                          shape_text(weight.shape),
                          shape_text({one.width}) + ", as when it was opened",
                          "leave the file alone while it is read"});
    }
    read.emplace_back(static_cast<std::size_t>(one.width));
    weights.read(one.tensor, DType::f32, read.back().data());
  }
  return read;
}

}  // namespace coxswain::storage
