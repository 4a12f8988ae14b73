#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "storage/files/file_reader.hpp"
#include "storage/models/weight_file.hpp"

namespace coxswain::storage {

// A value of the metadata: whole numbers of any width are 64 bits wide here,
// and arrays hold texts or numbers alone.
using GgufValue =
    std::variant<bool, std::uint64_t, std::int64_t, double, std::string,
                 std::vector<std::string>, std::vector<double>>;

// A GGUF file (versions 2 and 3): metadata and tensors of one model. The
// header is checked against the file's size before anything is allocated on
// its word. Throws StorageError naming file, key or tensor. Reading is const
// and thread-safe.
class GgufFile {
 public:
  explicit GgufFile(std::string path);

  const std::string& path() const { return file_.path(); }
  const std::map<std::string, StoredWeight>& tensors() const {
    return tensors_;
  }
  // The tensors, to be read. Opens the file once more.
  WeightFile weights() const;

  const std::map<std::string, GgufValue>& metadata() const { return metadata_; }
  bool has(const std::string& key) const { return metadata_.contains(key); }
  // A missing key or one of another kind throws.
  const std::string& text(const std::string& key) const;
  std::int64_t integer(const std::string& key) const;
  double number(const std::string& key) const;
  bool flag(const std::string& key) const;
  const std::vector<std::string>& texts(const std::string& key) const;
  const std::vector<double>& numbers(const std::string& key) const;

 private:
  class Cursor;
  void read_metadata(Cursor& cursor, std::uint64_t count);
  void read_tensors(Cursor& cursor, std::uint64_t count);
  void place_tensors(std::uint64_t data_start);
  const GgufValue& value(const std::string& key) const;
  template <class T>
  const T& as(const std::string& key, const char* kind) const;

  FileReader file_;
  std::map<std::string, GgufValue> metadata_;
  std::map<std::string, StoredWeight> tensors_;
};

}  // namespace coxswain::storage
