#include "storage/vectors/own_vectors.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

#include "storage/files/fault.hpp"
#include "storage/files/file_reader.hpp"
#include "storage/files/stand_in.hpp"
#include "storage/models/gguf.hpp"
#include "storage/tensors/zip_archive.hpp"
#include "storage/vectors/vector_readers.hpp"

namespace coxswain::storage {
namespace {

using namespace std::string_view_literals;

// By the first bytes, never by the name: torch's files have many.
std::optional<VectorFormat> format_of(const std::string& path) {
  const FileReader file(path);
  const std::string start = file.beginning();
  if (start.starts_with("GGUF")) return VectorFormat::gguf;
  // A header's length in eight bytes, then its JSON.
  if (start.size() > 8 && start.compare(4, 4, "\0\0\0\0"sv) == 0 &&
      start[8] == '{') {
    return VectorFormat::safetensors;
  }
  // Behind safetensors: a header's length may be 128.
  if (start.starts_with("\x80")) return VectorFormat::torch;
  if (!start.starts_with("PK\3\4")) return std::nullopt;
  const ZipArchive zip(path);
  const bool torch = std::ranges::any_of(zip.members(), [](const auto& one) {
    return one.first.ends_with("/data.pkl");
  });
  return torch ? VectorFormat::torch : VectorFormat::npz;
}

[[noreturn]] void refuse_format(const std::string& path) {
  const std::string start = FileReader(path).beginning();
  constexpr const char* kExpected =
      "safetensors, a GGUF control vector, numpy's npz or torch's";
  if (start.starts_with("\x93NUMPY")) {
    throw StorageError({path, "", "one array of numpy, without a name",
                        kExpected,
                        "save it by numpy.savez(path, layer_15=array)"});
  }
  const StandIn other = stand_in(start);
  throw StorageError({path, "", other.found, kExpected, other.remedy});
}

void sort_and_check(OwnVectors& found) {
  const auto place = [](const OwnVector& one) {
    return std::tie(one.name, one.layer);
  };
  std::ranges::stable_sort(found.vectors, {}, place);
  const auto twice = std::ranges::adjacent_find(found.vectors, {}, place);
  if (twice != found.vectors.end()) {
    throw StorageError(
        {found.file, printable(std::next(twice)->tensor),
         twice->layer < 0
             ? "a second vector of no name and layer"
             : "a second vector of layer " + std::to_string(twice->layer),
         "one, beside " + printable(twice->tensor), ""});
  }
  // Sorted, so that what has no layer is before its name's layers.
  const auto mixed = std::ranges::adjacent_find(
      found.vectors, [](const OwnVector& one, const OwnVector& next) {
        return one.name == next.name && one.layer < 0;
      });
  if (mixed != found.vectors.end()) {
    throw StorageError(
        {found.file, printable(mixed->tensor), "a vector of no layer",
         "one, as " + printable(std::next(mixed)->tensor) + " beside it has",
         "name it layer_ and its block, or something else"});
  }
  const OwnVector& first = found.vectors.front();
  for (const OwnVector& one : found.vectors) {
    if (one.width == first.width) continue;
    throw StorageError({found.file, printable(one.tensor),
                        std::to_string(one.width) + " numbers",
                        std::to_string(first.width) + ", as " +
                            printable(first.tensor) + " has",
                        "a file has vectors of one model"});
  }
}

}  // namespace

OwnVectors open_own_vectors(const std::string& path) {
  const auto format = format_of(path);
  if (!format) refuse_format(path);
  OwnVectors found = *format == VectorFormat::gguf
                         ? open_control_vector(path)
                         : open_vector_tensors(path, *format);
  found.file = path;
  found.format = *format;
  if (found.vectors.empty()) {
    throw StorageError({path, "", "no vectors", "one or more",
                        "a tensor [d_model] for each layer"});
  }
  sort_and_check(found);
  return found;
}

std::vector<std::vector<float>> read_own_vectors(
    const OwnVectors& of, std::span<const OwnVector> vectors) {
  std::vector<std::vector<float>> read = of.format == VectorFormat::gguf
                                             ? read_control_vector(of, vectors)
                                             : read_vector_tensors(of, vectors);
  for (std::size_t i = 0; i < read.size(); ++i) {
    const auto bad = std::ranges::find_if(
        read[i], [](float value) { return !std::isfinite(value); });
    if (bad == read[i].end()) continue;
    throw StorageError(
        {of.file, printable(vectors[i].tensor),
         std::isnan(*bad)
             ? "no number (NaN) at place " +
                   std::to_string(bad - read[i].begin())
             : "an infinity at place " + std::to_string(bad - read[i].begin()),
         "finite numbers", "make the file anew"});
  }
  return read;
}

double length_of(std::span<const float> vector) {
  double sum = 0;
  for (const float number : vector) sum += double{number} * double{number};
  return std::sqrt(sum);
}

bool is_vector_file(const std::string& path) {
  const auto format = format_of(path);
  if (format != VectorFormat::gguf) return format.has_value();
  const GgufFile file(path);
  const char* key = "general.architecture";
  return file.has(key) && file.text(key) == "controlvector";
}

}  // namespace coxswain::storage
