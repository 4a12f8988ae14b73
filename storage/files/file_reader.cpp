#include "storage/files/file_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "storage/files/fault.hpp"
#include "storage/files/file_error.hpp"
#include "storage/files/stand_in.hpp"

namespace coxswain::storage {
namespace {

// The hub's cache links to its files: where one is gone, the link is still
// there.
[[noreturn]] void refuse_to_open(const std::string& path, int error) {
  std::error_code ignored;
  if (error == ENOENT && std::filesystem::is_symlink(path, ignored)) {
    throw StorageError(
        {path, "",
         "a link to " + std::filesystem::read_symlink(path, ignored).string() +
             ", which is not there",
         "a file",
         "fetch it again: the download was not finished, or cleared"});
  }
  throw file_error(path, "", error);
}

}  // namespace

FileReader::FileReader(std::string path) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) refuse_to_open(path_, errno);
  struct stat status {};
  // A pipe or device has no size, and checks against the size are what guards
  // every reader.
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(std::exchange(descriptor_, -1));
    throw StorageError({path_, "", "not a regular file", "a file", ""});
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
  // A clone without git lfs has pointers in the place of its large files, and
  // every reader would find another fault with them.
  constexpr std::uint64_t kLongestPointer = 1024;
  if (size_ < kLongestPointer && is_lfs_pointer(beginning())) {
    const StandIn pointer = stand_in(beginning());
    ::close(std::exchange(descriptor_, -1));
    throw StorageError({path_, "", pointer.found, "the file", pointer.remedy});
  }
}

FileReader::~FileReader() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

FileReader::FileReader(FileReader&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_) {}

void FileReader::read(std::uint64_t offset, void* to,
                      std::uint64_t length) const {
  assert(descriptor_ >= 0 && "not after it was moved from");
  assert(to != nullptr || length == 0);
  auto* at = static_cast<char*>(to);
  while (length > 0) {
    const ssize_t got =
        ::pread(descriptor_, at, length, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      throw file_error(path_, "byte " + std::to_string(offset), errno);
    }
    if (got == 0) {
      throw StorageError({path_, "byte " + std::to_string(offset),
                          "the file ends",
                          std::to_string(length) + " more bytes",
                          "the file is cut or still being written"});
    }
    at += got;
    offset += static_cast<std::uint64_t>(got);
    length -= static_cast<std::uint64_t>(got);
  }
}

std::string FileReader::read(std::uint64_t offset, std::uint64_t length) const {
  // Before anything is allocated: a length from a hostile header may be any
  // number.
  if (offset > size_ || length > size_ - offset) {
    throw StorageError({path_, "byte " + std::to_string(offset),
                        std::to_string(size_) + " bytes in the file",
                        std::to_string(length) + " bytes from there",
                        "the file is cut or damaged"});
  }
  std::string bytes(length, '\0');
  read(offset, bytes.data(), length);
  return bytes;
}

std::string FileReader::beginning() const {
  return read(0, std::min<std::uint64_t>(size_, 512));
}

std::string read_text(const std::string& path, std::uint64_t limit) {
  const FileReader file(path);
  if (file.size() > limit) {
    throw StorageError({path, "", std::to_string(file.size()) + " bytes",
                        "at most " + std::to_string(limit), ""});
  }
  return file.read(0, file.size());
}

}  // namespace coxswain::storage
