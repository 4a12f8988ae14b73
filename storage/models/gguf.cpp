#include "storage/models/gguf.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <limits>

#include "storage/files/fault.hpp"
#include "storage/files/stand_in.hpp"

namespace coxswain::storage {

// Walks the header through a window on the file, so that a header of any
// length costs one megabyte and no length in it is believed.
class GgufFile::Cursor {
 public:
  explicit Cursor(const FileReader& file) : file_(file) {}

  template <class T>
  T number() {
    T value;
    take(&value, sizeof value);
    return value;
  }

  std::string text() {
    const auto length = number<std::uint64_t>();
    need(length);
    if (length > kMaxText) {
      throw StorageError({file_.path(), "byte " + std::to_string(at_),
                          "a text of " + std::to_string(length) + " bytes",
                          "at most " + std::to_string(kMaxText),
                          "the file is damaged: fetch it again"});
    }
    std::string value(length, '\0');
    take(value.data(), length);
    return value;
  }

  // Refuses a count of things of at least `each` bytes that can't be there.
  void need(std::uint64_t count, std::uint64_t each = 1) const {
    if (count > (file_.size() - at_) / each) {
      throw StorageError({file_.path(), "byte " + std::to_string(at_),
                          "a length of " + std::to_string(count),
                          "less than what is left of the file",
                          "the file is cut or damaged: fetch it again"});
    }
  }

  std::uint64_t at() const { return at_; }

 private:
  static constexpr std::uint64_t kMaxText = 16U << 20;

  void take(void* to, std::uint64_t length) {
    need(length);
    auto* out = static_cast<char*>(to);
    while (length > 0) {
      if (at_ < start_ || at_ >= start_ + window_.size()) fill();
      const std::uint64_t n = std::min(length, start_ + window_.size() - at_);
      std::memcpy(out, window_.data() + (at_ - start_), n);
      out += n;
      at_ += n;
      length -= n;
    }
  }

  void fill() {
    start_ = at_;
    window_ =
        file_.read(at_, std::min<std::uint64_t>(1U << 20, file_.size() - at_));
  }

  const FileReader& file_;
  std::string window_;
  std::uint64_t start_ = 0;
  std::uint64_t at_ = 0;
};

namespace {

// Kinds of metadata; the file's numbers.
enum Kind : std::uint32_t {
  kU8 = 0,
  kI8,
  kU16,
  kI16,
  kU32,
  kI32,
  kF32,
  kBool,
  kString,
  kArray,
  kU64,
  kI64,
  kF64
};

constexpr std::uint32_t kMaxDimensions = 4;
// The largest vocabularies have a quarter of a million entries.
constexpr std::uint64_t kMaxArray = 1U << 24;

std::uint64_t least_bytes(std::uint32_t kind, const std::string& where) {
  constexpr std::uint64_t kBytes[] = {1, 1, 2, 2, 4, 4, 4, 1, 8, 0, 8, 8, 8};
  // Arrays of arrays would need a recursion that a hostile file decides the
  // depth of, and no model has them.
  if (kind >= std::size(kBytes) || kind == kArray) {
    throw StorageError({where, "array of kind", std::to_string(kind),
                        "numbers or strings", "the file is damaged"});
  }
  return kBytes[kind];
}

template <class Cursor>
double read_number(Cursor& in, std::uint32_t kind, const std::string& where) {
  switch (kind) {
    case kU8:
      return in.template number<std::uint8_t>();
    case kI8:
      return in.template number<std::int8_t>();
    case kU16:
      return in.template number<std::uint16_t>();
    case kI16:
      return in.template number<std::int16_t>();
    case kU32:
      return in.template number<std::uint32_t>();
    case kI32:
      return in.template number<std::int32_t>();
    case kF32:
      return in.template number<float>();
    case kBool:
      return in.template number<std::uint8_t>();
    case kU64:
      return static_cast<double>(in.template number<std::uint64_t>());
    case kI64:
      return static_cast<double>(in.template number<std::int64_t>());
    case kF64:
      return in.template number<double>();
    default:
      throw StorageError({where, "value kind", std::to_string(kind), "0 to 12",
                          "the file is damaged"});
  }
}

template <class Cursor>
GgufValue read_array(Cursor& in, const std::string& where) {
  const auto kind = in.template number<std::uint32_t>();
  const auto count = in.template number<std::uint64_t>();
  in.need(count, least_bytes(kind, where));
  if (count > kMaxArray) {
    throw StorageError({where, "array", std::to_string(count) + " entries",
                        "at most " + std::to_string(kMaxArray), ""});
  }
  if (kind == kString) {
    std::vector<std::string> texts(count);
    for (std::string& text : texts) text = in.text();
    return texts;
  }
  std::vector<double> numbers(count);
  for (double& number : numbers) number = read_number(in, kind, where);
  return numbers;
}

template <class Cursor>
GgufValue read_value(Cursor& in, const std::string& where) {
  const auto kind = in.template number<std::uint32_t>();
  switch (kind) {
    case kString:
      return in.text();
    case kArray:
      return read_array(in, where);
    case kBool:
      return in.template number<std::uint8_t>() != 0;
    case kF32:
    case kF64:
      return read_number(in, kind, where);
    case kU64:
      return in.template number<std::uint64_t>();
    case kI64:
      return in.template number<std::int64_t>();
    default:
      return static_cast<std::int64_t>(read_number(in, kind, where));
  }
}

}  // namespace

GgufFile::GgufFile(std::string path) : file_(std::move(path)) {
  Cursor cursor(file_);
  if (file_.size() < 24 || file_.read(0, 4) != "GGUF") {
    const StandIn other = stand_in(file_.beginning());
    throw StorageError({file_.path(), "", "not a GGUF file, but " + other.found,
                        "one that begins with \"GGUF\"", other.remedy});
  }
  cursor.number<std::uint32_t>();
  const auto version = cursor.number<std::uint32_t>();
  // Files for big-endian machines have the same letters, and then every number
  // the other way round.
  if (version << 16U == 0 && version != 0) {
    throw StorageError({file_.path(), "", "numbers in big-endian order",
                        "little-endian ones",
                        "take the file for little-endian machines, or convert "
                        "it (gguf-convert-endian of gguf-py)"});
  }
  if (version != 2 && version != 3) {
    throw StorageError({file_.path(), "GGUF version", std::to_string(version),
                        "2 or 3", "convert the file"});
  }
  const auto n_tensors = cursor.number<std::uint64_t>();
  const auto n_values = cursor.number<std::uint64_t>();
  read_metadata(cursor, n_values);
  read_tensors(cursor, n_tensors);
  place_tensors(cursor.at());
}

void GgufFile::read_metadata(Cursor& cursor, std::uint64_t count) {
  // A key and a value take 12 bytes at least: a count that can't be there is
  // refused before anything is made for it.
  cursor.need(count, 12);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string key = cursor.text();
    GgufValue value = read_value(cursor, path() + ": " + key);
    if (!metadata_.emplace(key, std::move(value)).second) {
      throw StorageError({path(), key, "given twice", "once", ""});
    }
  }
}

void GgufFile::read_tensors(Cursor& cursor, std::uint64_t count) {
  // A tensor's entry takes 24 bytes at least.
  cursor.need(count, 24);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string name = cursor.text();
    StoredWeight tensor;
    const auto n_dimensions = cursor.number<std::uint32_t>();
    if (n_dimensions > kMaxDimensions) {
      throw StorageError({path(), name,
                          std::to_string(n_dimensions) + " dimensions",
                          "at most 4", "the file is damaged"});
    }
    std::uint64_t elements = 1;
    for (std::uint32_t d = 0; d < n_dimensions; ++d) {
      const auto extent = cursor.number<std::uint64_t>();
      // A product below 2^40 elements, asked by division, can't overflow in
      // what follows.
      if (extent == 0 || extent > (1ULL << 40) / elements) {
        throw StorageError({path(), name, "an impossible shape", "", ""});
      }
      elements *= extent;
      // ggml writes the fastest dimension first; shapes here have it last.
      tensor.shape.insert(tensor.shape.begin(),
                          static_cast<std::int64_t>(extent));
    }
    tensor.quantisation =
        &quantisation_of(cursor.number<std::uint32_t>(), path() + ": " + name);
    if (tensor.shape.empty() ||
        static_cast<std::uint64_t>(tensor.shape.back()) %
                tensor.quantisation->block !=
            0) {
      throw StorageError({path(), name, "rows that are not whole blocks", "",
                          "the file is damaged"});
    }
    tensor.offset = cursor.number<std::uint64_t>();
    tensor.length =
        elements / tensor.quantisation->block * tensor.quantisation->bytes;
    if (!tensors_.emplace(name, std::move(tensor)).second) {
      throw StorageError({path(), name, "given twice", "once", ""});
    }
  }
}

// Offsets in the file count from the aligned end of the header.
void GgufFile::place_tensors(std::uint64_t header_end) {
  std::uint64_t alignment = 32;
  if (has("general.alignment")) {
    alignment = static_cast<std::uint64_t>(integer("general.alignment"));
  }
  if (alignment == 0 || alignment > 1U << 20) {
    throw StorageError({path(), "general.alignment", std::to_string(alignment),
                        "1 to 1048576", ""});
  }
  const std::uint64_t start =
      (header_end + alignment - 1) / alignment * alignment;
  for (auto& [name, tensor] : tensors_) {
    const std::uint64_t size = file_.size();
    // Three comparisons without a sum, which hostile offsets could overflow.
    if (start > size || tensor.offset > size - start ||
        tensor.length > size - start - tensor.offset) {
      throw StorageError(
          {path(), name,
           "data past the end of the file (" + std::to_string(size) + " bytes)",
           "", "the file is cut: fetch it again"});
    }
    tensor.offset += start;
  }
}

const GgufValue& GgufFile::value(const std::string& key) const {
  const auto found = metadata_.find(key);
  if (found == metadata_.end()) {
    throw StorageError({path(), key, "no such key", "it in the metadata", ""});
  }
  return found->second;
}

template <class T>
const T& GgufFile::as(const std::string& key, const char* kind) const {
  const T* found = std::get_if<T>(&value(key));
  if (found == nullptr) {
    throw StorageError({path(), key, "a value of another kind", kind, ""});
  }
  return *found;
}

const std::string& GgufFile::text(const std::string& key) const {
  return as<std::string>(key, "a string");
}
bool GgufFile::flag(const std::string& key) const {
  return as<bool>(key, "true or false");
}
const std::vector<std::string>& GgufFile::texts(const std::string& key) const {
  return as<std::vector<std::string>>(key, "an array of strings");
}
const std::vector<double>& GgufFile::numbers(const std::string& key) const {
  return as<std::vector<double>>(key, "an array of numbers");
}

std::int64_t GgufFile::integer(const std::string& key) const {
  const GgufValue& found = value(key);
  if (const auto* plain = std::get_if<std::uint64_t>(&found)) {
    if (*plain <= std::numeric_limits<std::int64_t>::max()) {
      return static_cast<std::int64_t>(*plain);
    }
  }
  return as<std::int64_t>(key, "an integer");
}

double GgufFile::number(const std::string& key) const {
  const GgufValue& found = value(key);
  if (const auto* whole = std::get_if<std::int64_t>(&found)) {
    return static_cast<double>(*whole);
  }
  if (const auto* plain = std::get_if<std::uint64_t>(&found)) {
    return static_cast<double>(*plain);
  }
  return as<double>(key, "a number");
}

WeightFile GgufFile::weights() const {
  std::vector<FileReader> files;
  files.emplace_back(path());
  return {path(), std::move(files), tensors_};
}

}  // namespace coxswain::storage
