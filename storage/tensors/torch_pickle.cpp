#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "storage/files/fault.hpp"
#include "storage/tensors/file_range.hpp"
#include "storage/tensors/tensor_file.hpp"
#include "storage/tensors/torch_tensors.hpp"
#include "storage/tensors/zip_archive.hpp"

namespace coxswain::storage {
namespace {

constexpr std::uint64_t kLongestPickle = 16U << 20;
constexpr const char* kDamaged = "the file is cut or damaged; fetch it again";

// What the two forms have in common: tensors by name.
class TorchFile : public TensorFile {
 public:
  const std::map<std::string, StoredTensor>& tensors() const override {
    return tensors_;
  }
  const std::map<std::string, std::string>& texts() const override {
    return contents_.texts;
  }

 protected:
  void keep(TorchContents contents) {
    contents_ = std::move(contents);
    for (const auto& [name, found] : contents_.tensors) {
      tensors_[name] = found.tensor;
    }
  }
  std::uint64_t bytes_of(const TorchTensor& found) const {
    const auto bytes = dense_bytes(found.tensor.dtype, found.tensor.shape);
    assert(bytes && "impossible shapes were refused");
    return *bytes;
  }

  TorchContents contents_;

 private:
  std::map<std::string, StoredTensor> tensors_;
};

// Part of a member. The whole member is read nevertheless: its checksum tells
// nothing before its end.
class MemberPart : public TensorStream {
 public:
  MemberPart(std::unique_ptr<TensorStream> member, std::uint64_t before,
             std::uint64_t length, std::uint64_t after)
      : member_(std::move(member)),
        before_(before),
        left_(length),
        after_(after) {}

  void read(void* to, std::uint64_t length) override {
    skip(std::exchange(before_, 0));
    if (length > left_) {
      throw StorageError({"", "tensor", std::to_string(left_) + " bytes left",
                          std::to_string(length), ""});
    }
    member_->read(to, length);
    left_ -= length;
    if (left_ == 0) skip(std::exchange(after_, 0));
  }

 private:
  void skip(std::uint64_t length) {
    char passed[16384];
    while (length > 0) {
      const std::uint64_t n = std::min<std::uint64_t>(length, sizeof passed);
      member_->read(passed, n);
      length -= n;
    }
  }

  std::unique_ptr<TensorStream> member_;
  std::uint64_t before_, left_, after_;  // bytes
};

// Since torch 1.6: STEM/data.pkl and a member STEM/data/KEY for each storage.
class TorchZip : public TorchFile {
 public:
  TorchZip(const std::string& file, TorchShape shape) : zip_(file) {
    stem_ = find_stem();
    const std::string order = stem_ + "/byteorder";
    if (zip_.has(order) && zip_.read(order, 64) != "little") {
      throw StorageError({path(), "byteorder", "numbers of another byte order",
                          "little", "save it on a little-endian machine"});
    }
    const std::string bytes = zip_.read(stem_ + "/data.pkl", kLongestPickle);
    keep(describe_tensors(read_pickle(bytes, torch_globals(), path()), path(),
                          shape));
    // The pickle promises sizes that the archive's directory has to keep.
    for (const auto& [key, storage] : contents_.storages) check(key, storage);
  }

  const std::string& path() const override { return zip_.path(); }

  std::unique_ptr<TensorStream> open(const std::string& name) const override {
    tensor_at(*this, name);
    const TorchTensor& found = contents_.tensors.at(name);
    const std::string member = member_of(found.storage);
    const std::uint64_t length = bytes_of(found);
    return std::make_unique<MemberPart>(
        zip_.open(member), found.offset, length,
        zip_.member(member).size - found.offset - length);
  }

 private:
  std::string find_stem() const {
    constexpr std::string_view kPickle = "/data.pkl";
    std::string stem;
    for (const auto& [name, info] : zip_.members()) {
      if (!std::string_view(name).ends_with(kPickle)) continue;
      if (!stem.empty()) {
        throw StorageError({path(), name, "a second pickle", "one", ""});
      }
      stem = name.substr(0, name.size() - kPickle.size());
    }
    if (stem.empty()) {
      throw StorageError(
          {path(), "data.pkl", "no such member", "what torch.save writes", ""});
    }
    return stem;
  }

  std::string member_of(const std::string& key) const {
    return stem_ + "/data/" + key;
  }

  void check(const std::string& key, const TorchStorage& storage) const {
    const std::string item = "data/" + printable(key);
    if (!zip_.has(member_of(key))) {
      throw StorageError(
          {path(), item, "no such storage", "one, as data.pkl", kDamaged});
    }
    const std::uint64_t size = zip_.member(member_of(key)).size;
    const std::uint64_t each = size_of(storage.dtype);
    if (size % each != 0 || size / each != storage.count) {
      throw StorageError({path(), item,
                          "a storage of " + std::to_string(size) + " bytes",
                          std::to_string(storage.count) + " elements of " +
                              std::to_string(each),
                          kDamaged});
    }
  }

  ZipArchive zip_;
  std::string stem_;
};

// Before torch 1.6: five pickles (a magic number, a version, the machine, the
// object, the keys of the storages), then each storage as its count and data.
class TorchLegacy : public TorchFile {
 public:
  TorchLegacy(const std::string& file, TorchShape shape) : file_(file) {
    const std::string bytes =
        file_.read(0, std::min(file_.size(), kLongestPickle));
    std::uint64_t at = check_start(bytes);
    const Pickle object = next(bytes, at, torch_globals());
    keep(describe_tensors(object, path(), shape));
    // Texts and a list need no global: none is allowed here.
    const Pickle keys = next(bytes, at, {});
    place_storages(keys, at);
  }

  const std::string& path() const override { return file_.path(); }

  std::unique_ptr<TensorStream> open(const std::string& name) const override {
    tensor_at(*this, name);
    const TorchTensor& found = contents_.tensors.at(name);
    return std::make_unique<FileRange>(
        file_, places_.at(found.storage) + found.offset, bytes_of(found));
  }

 private:
  Pickle next(std::string_view bytes, std::uint64_t& at,
              const std::set<std::string>& allowed) const {
    Pickle pickle = read_pickle(bytes.substr(at), allowed, path());
    at += pickle.length;
    return pickle;
  }

  std::uint64_t check_start(std::string_view bytes) const {
    constexpr std::string_view kMagic =
        "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
    constexpr std::int64_t kVersion = 1001;
    std::uint64_t at = 0;
    const Pickle magic = next(bytes, at, {});
    if (magic.at(magic.root).text != kMagic) {
      refuse("", "no file of torch.save", "its magic number");
    }
    const Pickle version = next(bytes, at, {});
    if (version.at(version.root).integer != kVersion) {
      refuse("version", "another version", std::to_string(kVersion));
    }
    const Pickle machine = next(bytes, at, {});
    const auto& items = machine.at(machine.root).items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      if (machine.at(items[i]).text == "little_endian" &&
          machine.at(items[i + 1]).integer == 1) {
        return at;
      }
    }
    refuse("little_endian", "numbers of another byte order", "little");
  }

  void place_storages(const Pickle& keys, std::uint64_t at) {
    for (const std::uint32_t item : keys.at(keys.root).items) {
      const std::string key(keys.at(item).text);
      const auto storage = contents_.storages.find(key);
      if (storage == contents_.storages.end() || places_.contains(key)) {
        refuse("storage " + printable(key), "a key that no tensor has", "one");
      }
      std::uint64_t count = 0;
      file_.read(at, &count, sizeof count);
      at += sizeof count;
      const std::uint64_t each = size_of(storage->second.dtype);
      if (count != storage->second.count) {
        refuse("storage " + printable(key), std::to_string(count) + " elements",
               std::to_string(storage->second.count));
      }
      if (count > (file_.size() - at) / each) {
        refuse("storage " + printable(key), "data that end early",
               std::to_string(count) + " elements of " + std::to_string(each));
      }
      places_[key] = at;
      at += count * each;
    }
    if (places_.size() != contents_.storages.size()) {
      refuse("storages", "fewer than the tensors lie in", "all of them");
    }
    if (at != file_.size()) {
      refuse("", "bytes after the last storage", "the end of the file");
    }
  }

  [[noreturn]] void refuse(const std::string& item, const std::string& found,
                           const std::string& expected) const {
    throw StorageError({path(), item, found, expected, kDamaged});
  }

  FileReader file_;
  std::map<std::string, std::uint64_t> places_;  // bytes from the file's start
};

}  // namespace

std::unique_ptr<TensorFile> open_torch_pickle(const std::string& path,
                                              TorchShape shape) {
  const FileReader file(path);
  const std::string start =
      file.read(0, std::min<std::uint64_t>(file.size(), 2));
  // The two forms are told apart by their first bytes, not by names: both are
  // called .pt, .pth or .bin.
  if (start == "PK") return std::make_unique<TorchZip>(path, shape);
  if (!start.starts_with('\x80')) {
    throw StorageError({path, "", "neither a zip archive nor a pickle",
                        "what torch.save writes", kDamaged});
  }
  return std::make_unique<TorchLegacy>(path, shape);
}

}  // namespace coxswain::storage
