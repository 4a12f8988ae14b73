#pragma once

#include <filesystem>
#include <string>

#include "storage/files/fault.hpp"

namespace coxswain::storage {

// What the system refused to do with a file: the disk is full, the server does
// not answer, nothing is there. Says nothing of what is in the file.
class FileError : public StorageError {
 public:
  // `error` is errno's number.
  FileError(Fault fault, int error)
      : StorageError(std::move(fault)), error_(error) {}
  int error() const { return error_; }
  // The path is what is wrong (nothing is there, or somebody else's): whoever
  // wrote it down can mend it. Otherwise the file system is.
  bool is_of_path() const;

 private:
  int error_;
};

// The error of a call that left `error` in errno: its meaning, and for what
// people meet on clusters the remedy. `step` is what was tried; it may be
// empty. Of a full file system it is asked whether bytes or files ran out.
FileError file_error(const std::string& path, const std::string& step,
                     int error);

// The same of what the standard library reports.
FileError file_error(const std::filesystem::filesystem_error& error);

}  // namespace coxswain::storage
