#pragma once

#include <cerrno>
#include <string>
#include <utility>

#include "storage/files/file_error.hpp"

namespace coxswain::storage {

// Another program holds the file.
class FileHeld : public FileError {
 public:
  explicit FileHeld(Fault fault) : FileError(std::move(fault), EWOULDBLOCK) {}
};

// Says of a file that it is read, for as long as this lives, to programs that
// ask before they write (HDF5's own do, by flock). Where a file system has no
// locks there is nobody to ask, and the file is read all the same.
class ReadingLock {
 public:
  // Throws FileHeld for a file that another program holds for writing,
  // FileError for one that can't be opened.
  explicit ReadingLock(const std::string& path);
  ~ReadingLock();
  ReadingLock(ReadingLock&& other) noexcept;
  ReadingLock(const ReadingLock&) = delete;
  ReadingLock& operator=(const ReadingLock&) = delete;
  ReadingLock& operator=(ReadingLock&&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace coxswain::storage
