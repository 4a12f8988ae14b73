#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "storage/file_reader.hpp"
#include "storage/quantisation.hpp"

namespace coxswain::storage {

struct GgufTensor {
  std::vector<std::int64_t> shape;  // slowest dimension first (numpy's order)
  const Quantisation* quantisation = nullptr;
  std::uint64_t offset = 0;  // bytes from the start of the file
  std::uint64_t length = 0;  // bytes
};

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
  const std::map<std::string, GgufTensor>& tensors() const { return tensors_; }

  bool has(const std::string& key) const { return metadata_.contains(key); }
  // A missing key or one of another kind throws.
  const std::string& text(const std::string& key) const;
  std::int64_t integer(const std::string& key) const;
  double number(const std::string& key) const;
  bool flag(const std::string& key) const;
  const std::vector<std::string>& texts(const std::string& key) const;
  const std::vector<double>& numbers(const std::string& key) const;

  const GgufTensor& tensor(const std::string& name) const;
  // The tensor's elements as float32, row-major.
  std::vector<float> read(const std::string& name) const;

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
  std::map<std::string, GgufTensor> tensors_;
};

}  // namespace coxswain::storage
