#include <cstring>
#include <utility>

#include "storage/files/fault.hpp"
#include "storage/tensors/npy_header.hpp"
#include "storage/tensors/tensor_file.hpp"
#include "storage/tensors/zip_archive.hpp"

namespace coxswain::storage {
namespace {

constexpr std::string_view kSuffix = ".npy";

// Reads the magic number, the version and the header's text; returns the
// text. `used` becomes the bytes read, where the data begin.
std::string header_text(TensorStream& stream, std::uint64_t size,
                        const std::string& path, const std::string& member,
                        std::uint64_t& used) {
  constexpr std::string_view kMagic = "\x93NUMPY";
  constexpr std::uint64_t kLongest = 1U << 16;
  const auto refuse = [&](const std::string& found, const char* expected) {
    throw StorageError({path, member, found, expected, ""});
  };
  used = 10;
  if (size < used) refuse("a member too short for an array", "a .npy file");
  std::string fixed = read_bytes(stream, used);
  if (!fixed.starts_with(kMagic)) refuse("no .npy header", "one");
  const int version = static_cast<unsigned char>(fixed[6]);
  if (version < 1 || version > 3) {
    refuse("a .npy header of version " + std::to_string(version), "1, 2 or 3");
  }
  std::uint32_t length = 0;
  std::memcpy(&length, fixed.data() + 8, 2);
  if (version > 1) {  // a length of four bytes
    used = 12;
    if (size < used) refuse("a member too short for an array", "a .npy file");
    fixed += read_bytes(stream, 2);
    std::memcpy(&length, fixed.data() + 8, 4);
  }
  if (length > kLongest || length > size - used) {
    refuse("a header of " + std::to_string(length) + " bytes",
           "one that fits into the member");
  }
  used += length;
  return read_bytes(stream, length);
}

// Arrays by the names of their members, without ".npy".
class Npz : public TensorFile {
 public:
  explicit Npz(const std::string& path) : zip_(path) {
    for (const auto& [member, info] : zip_.members()) {
      if (!std::string_view(member).ends_with(kSuffix)) continue;
      add(member, info.size);
    }
    if (tensors_.empty()) {
      throw StorageError({path, "", "no arrays", "members NAME.npy", ""});
    }
  }

  const std::string& path() const override { return zip_.path(); }
  const std::map<std::string, StoredTensor>& tensors() const override {
    return tensors_;
  }

  std::unique_ptr<TensorStream> open(const std::string& name) const override {
    tensor_at(*this, name);
    const std::string member = name + std::string(kSuffix);
    auto stream = zip_.open(member);
    std::uint64_t used = 0;
    // Read again to stand where the data begin: a member can only be read from
    // its start.
    header_text(*stream, zip_.member(member).size, path(), member, used);
    return stream;
  }

 private:
  void add(const std::string& member, std::uint64_t size) {
    std::uint64_t used = 0;
    const std::string text =
        header_text(*zip_.open(member), size, path(), member, used);
    StoredTensor tensor = parse_npy_header(text, path(), member);
    const auto bytes = dense_bytes(tensor.dtype, tensor.shape);
    // The data fill the member: nothing hides behind them, and no shape
    // promises more than is there.
    if (!bytes || *bytes != size - used) {
      throw StorageError({path(), member,
                          std::to_string(size - used) + " bytes of data",
                          bytes ? std::to_string(*bytes) + " by its shape"
                                : "a shape that can be",
                          "the file is damaged; fetch it again"});
    }
    tensors_.emplace(member.substr(0, member.size() - kSuffix.size()),
                     std::move(tensor));
  }

  ZipArchive zip_;
  std::map<std::string, StoredTensor> tensors_;
};

}  // namespace

std::unique_ptr<TensorFile> open_npz(const std::string& path) {
  return std::make_unique<Npz>(path);
}

}  // namespace coxswain::storage
