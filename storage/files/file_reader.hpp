#pragma once

#include <cstdint>
#include <string>

namespace coxswain::storage {

// A file opened for reading by offset. Safe to read from several threads.
// Throws StorageError naming the path for a missing or unreadable file.
class FileReader {
 public:
  explicit FileReader(std::string path);
  ~FileReader();
  FileReader(FileReader&& other) noexcept;
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;
  FileReader& operator=(FileReader&&) = delete;

  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; }  // bytes, when it was opened

  // Fills `to` with exactly `length` bytes from `offset`, or throws.
  void read(std::uint64_t offset, void* to, std::uint64_t length) const;
  std::string read(std::uint64_t offset, std::uint64_t length) const;
  // Its first bytes, 512 at most: what tells one kind of files from another.
  std::string beginning() const;

 private:
  std::string path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

// The whole of a small text file; refuses more than `limit` bytes.
std::string read_text(const std::string& path,
                      std::uint64_t limit = 256U << 20);

}  // namespace coxswain::storage
