#include "storage/safetensors.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "storage/bytes.hpp"
#include "storage/fault.hpp"

namespace coxswain::storage {
namespace {

using nlohmann::json;

using Header = std::map<std::string, TensorInfo>;

std::uint64_t checked_size(const TensorInfo& info, const std::string& where,
                           const std::string& name) {
  std::uint64_t count = 1;
  for (const std::int64_t extent : info.shape) {
    if (extent < 0 ||
        (extent > 0 &&
         count > (std::numeric_limits<std::uint64_t>::max() >> 4) /
                     static_cast<std::uint64_t>(extent))) {
      throw StorageError({where, name, "an impossible shape", "", ""});
    }
    count *= static_cast<std::uint64_t>(extent);
  }
  return count * size_of(info.dtype);
}

TensorInfo read_entry(const json& entry, std::uint64_t data_start,
                      std::uint64_t file_size, const std::string& where,
                      const std::string& name) {
  TensorInfo info;
  info.dtype =
      dtype_named(entry.at("dtype").get<std::string>(), where + ": " + name);
  info.shape = entry.at("shape").get<std::vector<std::int64_t>>();
  const auto range = entry.at("data_offsets").get<std::vector<std::uint64_t>>();
  const std::uint64_t data_size = file_size - data_start;
  if (range.size() != 2 || range[0] > range[1] || range[1] > data_size) {
    throw StorageError({where, name, "data offsets outside the file",
                        "at most " + std::to_string(data_size),
                        "the file is cut or damaged"});
  }
  info.offset = data_start + range[0];
  info.length = range[1] - range[0];
  const std::uint64_t size = checked_size(info, where, name);
  if (size != info.length) {
    throw StorageError({where, name,
                        std::to_string(info.length) + " bytes of data",
                        std::to_string(size) + " by its shape", ""});
  }
  return info;
}

Header parse_header(std::string_view text, std::uint64_t data_start,
                    std::uint64_t file_size, const std::string& where) {
  Header header;
  try {
    const json entries = json::parse(text);
    for (const auto& [name, entry] : entries.items()) {
      if (name == "__metadata__") continue;
      header[name] = read_entry(entry, data_start, file_size, where, name);
    }
  } catch (const json::exception& error) {
    throw StorageError({where, "header", error.what(), "a safetensors header",
                        "the file is not safetensors, or damaged"});
  }
  return header;
}

std::uint64_t header_length(std::uint64_t length, std::uint64_t file_size,
                            const std::string& where) {
  constexpr std::uint64_t kLimit = 100U << 20;
  if (file_size < 8 || length > file_size - 8 || length > kLimit) {
    throw StorageError({where, "header length", std::to_string(length),
                        "less than the file's " + std::to_string(file_size),
                        "the file is not safetensors, or cut"});
  }
  return length;
}

}  // namespace

SafetensorsFile::SafetensorsFile(std::string path) : file_(std::move(path)) {
  std::uint64_t length = 0;
  if (file_.size() >= 8) file_.read(0, &length, sizeof length);
  header_length(length, file_.size(), file_.path());
  tensors_ = parse_header(file_.read(8, length), 8 + length, file_.size(),
                          file_.path());
}

Array SafetensorsFile::read(const std::string& name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    throw StorageError({file_.path(), name, "no such tensor", "", ""});
  }
  const TensorInfo& info = found->second;
  return {info.dtype, info.shape, file_.read(info.offset, info.length)};
}

ArrayMap read_safetensors(const std::string& path) {
  const SafetensorsFile file(path);
  ArrayMap arrays;
  for (const auto& [name, info] : file.tensors()) {
    arrays[name] = file.read(name);
  }
  return arrays;
}

std::string to_safetensors(const ArrayMap& arrays) {
  json header = json::object();
  std::uint64_t offset = 0;
  for (const auto& [name, array] : arrays) {
    header[name] = {{"dtype", std::string(name_of(array.dtype))},
                    {"shape", array.shape},
                    {"data_offsets", {offset, offset + array.bytes.size()}}};
    offset += array.bytes.size();
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // data starts aligned
  ByteWriter out;
  out.text(text);
  for (const auto& [name, array] : arrays) out.raw(array.bytes);
  return out.take();
}

ArrayMap from_safetensors(std::string_view bytes, const std::string& where) {
  ByteReader in(bytes, where);
  const std::string_view text = in.text();
  const Header header = parse_header(text, in.position(), bytes.size(), where);
  ArrayMap arrays;
  for (const auto& [name, info] : header) {
    arrays[name] = {info.dtype, info.shape,
                    std::string(bytes.substr(info.offset, info.length))};
  }
  return arrays;
}

}  // namespace coxswain::storage
