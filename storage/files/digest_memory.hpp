#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace coxswain::storage {

// SHA-256 of large files, computed once and remembered by path, device, inode,
// size and time of modification in one JSON file. Several processes may share
// that file: it is replaced whole, and the last one to save wins. Not
// thread-safe.
class DigestMemory {
 public:
  // A memory that is missing or damaged is begun anew.
  explicit DigestMemory(std::string memory_file);

  // Remembered, or computed by reading the whole file. A file that was modified
  // in the last two seconds, or while it was read, is not remembered: it could
  // be modified again without a new time. Throws StorageError if it can't be
  // read.
  std::string sha256_of_file(const std::string& path);

  // The digest of a file without reading it; nothing if the file is not known
  // as it is now.
  std::optional<std::string> remembered(const std::string& path) const;

  // Writes the memory if there is something new in it. Throws StorageError if
  // that is impossible, which loses nothing but time.
  void save();

 private:
  // What tells one state of a file from another.
  struct Identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t modified = 0;  // ns since 1970
    bool operator==(const Identity&) const = default;
  };
  // A file as it was when it was read, and its digest in hexadecimal.
  struct Entry {
    Identity identity;
    std::string sha256;
  };

  static std::optional<Identity> identity_of(const std::string& path);
  void load();

  std::string memory_file_;
  std::map<std::string, Entry> entries_;  // by absolute path
  bool changed_ = false;
};

}  // namespace coxswain::storage
