#include "storage/models/gguf_writer.hpp"

#include <algorithm>
#include <cassert>
#include <set>

#include "storage/files/bytes.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::storage {
namespace {

// ggml's numbers for kinds of values and of tensors.
constexpr std::uint32_t kUint32 = 4;
constexpr std::uint32_t kString = 8;
constexpr std::uint32_t kFloat32 = 0;

constexpr std::uint32_t kVersion = 3;
constexpr std::size_t kAlignment = 32;    // what readers take if none is said
constexpr std::size_t kLongestName = 63;  // of a tensor, in ggml's structs
constexpr std::size_t kMostAxes = 4;
constexpr std::size_t kLongestKey = 65535;  // by the format

std::size_t aligned(std::size_t n) {
  return (n + kAlignment - 1) / kAlignment * kAlignment;
}

void check_keys(const GgufContents& contents, const std::string& where) {
  std::set<std::string> keys;
  for (const auto& [key, value] : contents.metadata) {
    if (key.empty() || key.size() > kLongestKey) {
      throw StorageError({where, printable(key),
                          "a key of " + std::to_string(key.size()) + " bytes",
                          "1 to " + std::to_string(kLongestKey), ""});
    }
    if (!keys.insert(key).second) {
      throw StorageError({where, printable(key), "given twice", "once", ""});
    }
  }
  if (!keys.contains("general.architecture")) {
    throw StorageError({where, "general.architecture", "no such key",
                        "what the file is for", ""});
  }
}

void check_tensor(const std::string& name, const Array& array,
                  const std::string& where) {
  if (name.empty() || name.size() > kLongestName) {
    throw StorageError({where, printable(name),
                        "a name of " + std::to_string(name.size()) + " bytes",
                        "1 to " + std::to_string(kLongestName), ""});
  }
  if (array.dtype != DType::f32) {
    throw StorageError(
        {where, name, std::string(name_of(array.dtype)), "F32", ""});
  }
  const bool some = std::ranges::all_of(
      array.shape, [](std::int64_t extent) { return extent > 0; });
  if (array.shape.empty() || array.shape.size() > kMostAxes || !some) {
    throw StorageError({where, name, "the shape " + shape_text(array.shape),
                        "1 to 4 axes that are not empty", ""});
  }
  if (dense_bytes(array.dtype, array.shape) != array.bytes.size()) {
    throw StorageError({where, name,
                        std::to_string(array.bytes.size()) + " bytes of data",
                        "those of its shape " + shape_text(array.shape), ""});
  }
}

void write_value(ByteWriter& out, const GgufContents::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    out.number(kString);
    out.text(*text);
  } else {
    out.number(kUint32);
    out.number(std::get<std::uint32_t>(value));
  }
}

}  // namespace

std::string to_gguf(const GgufContents& contents, const std::string& where) {
  check_keys(contents, where);
  ByteWriter header;
  header.raw("GGUF");
  header.number(kVersion);
  header.number<std::uint64_t>(contents.tensors.size());
  header.number<std::uint64_t>(contents.metadata.size());
  for (const auto& [key, value] : contents.metadata) {
    header.text(key);
    write_value(header, value);
  }
  std::set<std::string> names;
  std::uint64_t offset = 0;
  for (const auto& [name, array] : contents.tensors) {
    check_tensor(name, array, where);
    if (!names.insert(name).second) {
      throw StorageError({where, name, "given twice", "once", ""});
    }
    header.text(name);
    header.number(static_cast<std::uint32_t>(array.shape.size()));
    // The fastest axis comes first there.
    for (auto it = array.shape.rbegin(); it != array.shape.rend(); ++it) {
      header.number(static_cast<std::uint64_t>(*it));
    }
    header.number(kFloat32);
    header.number(offset);
    offset += aligned(array.bytes.size());
  }
  // Data begin at a multiple of the alignment, and so does each tensor: readers
  // map them in place.
  std::string bytes = header.take();
  bytes.resize(aligned(bytes.size()));
  [[maybe_unused]] const std::size_t start = bytes.size();
  for (const auto& [name, array] : contents.tensors) {
    bytes += array.bytes;
    bytes.resize(aligned(bytes.size()));
  }
  assert(bytes.size() == start + offset && "where the header says they lie");
  return bytes;
}

}  // namespace coxswain::storage
