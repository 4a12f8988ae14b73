#include "storage/tensors/safetensors.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <nlohmann/json.hpp>
#include <tuple>

#include "storage/files/bytes.hpp"
#include "storage/files/fault.hpp"
#include "storage/files/json_text.hpp"
#include "storage/files/stand_in.hpp"

namespace coxswain::storage {
namespace {

using nlohmann::json;

using Tensors = std::map<std::string, TensorInfo>;

// All that a file's header says, checked.
struct Header {
  Tensors tensors;
  SafetensorsMetadata metadata;
};

constexpr std::uint64_t kLongestHeader = 100U << 20;  // the library's own
constexpr const char* kMetadata = "__metadata__";

const json& field(const json& entry, const char* key, const std::string& where,
                  const std::string& name) {
  const auto found = entry.find(key);
  if (found == entry.end()) {
    throw StorageError({where, name, std::string("no ") + key,
                        "dtype, shape and data_offsets",
                        "the file is not safetensors, or damaged"});
  }
  return *found;
}

// Whole numbers only: the parser would round fractions and turn negative
// numbers into huge ones.
std::vector<std::int64_t> sizes(const json& list, const char* what,
                                const std::string& where,
                                const std::string& name) {
  std::vector<std::int64_t> values;
  const auto refuse = [&](const json& found) {
    throw StorageError({where, name,
                        std::string("an impossible ") + what + ", " +
                            printable(found.dump(-1, ' ', true)),
                        "a list of whole numbers from 0 on", ""});
  };
  if (!list.is_array()) refuse(list);
  for (const json& value : list) {
    if (!value.is_number_unsigned() ||
        value.get<std::uint64_t>() >
            static_cast<std::uint64_t>(
                std::numeric_limits<std::int64_t>::max())) {
      refuse(list);
    }
    values.push_back(value.get<std::int64_t>());
  }
  return values;
}

TensorInfo read_entry(const json& entry, std::uint64_t data_start,
                      std::uint64_t file_size, const std::string& where,
                      const std::string& name) {
  TensorInfo info;
  const json& dtype = field(entry, "dtype", where, name);
  info.dtype = dtype_named(
      dtype.is_string() ? dtype.get<std::string>() : dtype.dump(-1, ' ', true),
      where + ": " + name);
  info.shape = sizes(field(entry, "shape", where, name), "shape", where, name);
  const auto range = sizes(field(entry, "data_offsets", where, name),
                           "range of data", where, name);
  const std::uint64_t data_size = file_size - data_start;
  if (range.size() != 2 || range[0] > range[1] ||
      static_cast<std::uint64_t>(range[1]) > data_size) {
    throw StorageError({where, name, "data offsets outside the file",
                        "at most " + std::to_string(data_size),
                        "the file is cut or damaged"});
  }
  info.offset = data_start + static_cast<std::uint64_t>(range[0]);
  info.length = static_cast<std::uint64_t>(range[1] - range[0]);
  const auto size = dense_bytes(info.dtype, info.shape);
  if (!size)
    throw StorageError({where, name, "an impossible shape",
                        "sizes whose product fits into 64 bits", ""});
  if (*size != info.length) {
    throw StorageError({where, name,
                        std::to_string(info.length) + " bytes of data",
                        std::to_string(*size) + " by its shape", ""});
  }
  return info;
}

// Every byte of the data belongs to exactly one tensor: neither something
// hidden nor something read twice.
void check_cover(const Tensors& tensors, std::uint64_t data_start,
                 std::uint64_t file_size, const std::string& where) {
  std::vector<const Tensors::value_type*> order;
  for (const auto& tensor : tensors) order.push_back(&tensor);
  // Empty tensors sort before what begins at their place, so that they overlap
  // nothing.
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return std::tie(a->second.offset, a->second.length) <
           std::tie(b->second.offset, b->second.length);
  });
  std::uint64_t end = data_start;
  for (const auto* tensor : order) {
    const auto& [name, info] = *tensor;
    if (info.offset < end) {
      throw StorageError({where, name, "data that overlap another tensor's",
                          "data of its own", "the file is damaged"});
    }
    if (info.offset > end) {
      throw StorageError({where, name,
                          "a hole of " + std::to_string(info.offset - end) +
                              " bytes before its data",
                          "data without holes", "the file is damaged"});
    }
    end += info.length;
  }
  if (end != file_size) {
    throw StorageError(
        {where, "",
         std::to_string(file_size - end) + " bytes after the last tensor",
         "the end of the file", "the file is damaged"});
  }
}

SafetensorsMetadata read_metadata(const json& entry, const std::string& where) {
  bool texts = entry.is_object();
  for (const json& value : entry) texts = texts && value.is_string();
  if (!texts) {
    throw StorageError({where, kMetadata, "other things than texts",
                        "texts by their names", "the file is damaged"});
  }
  return entry.get<SafetensorsMetadata>();
}

Header parse_header(std::string_view text, std::uint64_t data_start,
                    std::uint64_t file_size, const std::string& where) {
  assert(data_start <= file_size);
  Header header;
  // Twice the same name would be read differently by different readers.
  const json entries = parse_json(text, where + ": header", Repeats::refused);
  if (!entries.is_object()) {
    throw StorageError({where, "header", "no JSON object", "one",
                        "the file is not safetensors, or damaged"});
  }
  for (const auto& [name, entry] : entries.items()) {
    if (name == kMetadata) {
      header.metadata = read_metadata(entry, where);
    } else {
      header.tensors[name] =
          read_entry(entry, data_start, file_size, where, name);
    }
  }
  check_cover(header.tensors, data_start, file_size, where);
  return header;
}

// The length that the file's first bytes say, if that many can be a header.
std::uint64_t header_length(const FileReader& file) {
  const std::uint64_t size = file.size();
  std::uint64_t length = 0;
  if (size >= 8) file.read(0, &length, sizeof length);
  if (length > 0 && length <= size - 8 && length <= kLongestHeader) {
    return length;
  }
  if (length <= kLongestHeader && size > 8 && file.read(8, 1) == "{") {
    throw StorageError({file.path(), "header", std::to_string(size) + " bytes",
                        std::to_string(length) + " of the header alone",
                        "the file is cut: fetch it again"});
  }
  const StandIn other = stand_in(file.beginning());
  throw StorageError({file.path(), "",
                      "not a safetensors file, but " + other.found,
                      "a header's length and a header", other.remedy});
}

}  // namespace

SafetensorsFile::SafetensorsFile(std::string path) : file_(std::move(path)) {
  const std::uint64_t length = header_length(file_);
  Header header = parse_header(file_.read(8, length), 8 + length, file_.size(),
                               file_.path());
  metadata_ = std::move(header.metadata);
  tensors_ = std::move(header.tensors);
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

std::string safetensors_header(const ArrayMap& arrays,
                               const SafetensorsMetadata& metadata) {
  json header = json::object();
  if (!metadata.empty()) header[kMetadata] = metadata;
  std::uint64_t offset = 0;
  for (const auto& [name, array] : arrays) {
    assert(dense_bytes(array.dtype, array.shape) == array.bytes.size());
    header[name] = {{"dtype", std::string(name_of(array.dtype))},
                    {"shape", array.shape},
                    {"data_offsets", {offset, offset + array.bytes.size()}}};
    offset += array.bytes.size();
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // data starts aligned
  if (text.size() > kLongestHeader) {
    throw StorageError({"safetensors", "header",
                        std::to_string(text.size()) + " bytes",
                        std::to_string(kLongestHeader) + " at most",
                        "fewer tensors in one file"});
  }
  ByteWriter out;
  out.text(text);
  return out.take();
}

std::string to_safetensors(const ArrayMap& arrays,
                           const SafetensorsMetadata& metadata) {
  ByteWriter out;
  out.raw(safetensors_header(arrays, metadata));
  for (const auto& [name, array] : arrays) out.raw(array.bytes);
  return out.take();
}

std::map<std::string, TensorInfo> tensors_in(std::string_view bytes,
                                             const std::string& where) {
  ByteReader in(bytes, where);
  const std::string_view text = in.text();
  return parse_header(text, in.position(), bytes.size(), where).tensors;
}

ArrayMap from_safetensors(std::string_view bytes, const std::string& where) {
  ArrayMap arrays;
  for (const auto& [name, info] : tensors_in(bytes, where)) {
    arrays[name] = {info.dtype, info.shape,
                    std::string(bytes.substr(info.offset, info.length))};
  }
  return arrays;
}

}  // namespace coxswain::storage
