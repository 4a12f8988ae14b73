#include "storage/files/durable_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <utility>

#include "storage/files/file_error.hpp"

namespace coxswain::storage {
namespace {

[[noreturn]] void fail(const std::string& path, const char* step) {
  throw file_error(path, step, errno);
}

// The new name, and its durability.
void rename_durably(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) fail(to, "rename");
  const auto folder = std::filesystem::path(to).parent_path().string();
  sync_folder(folder.empty() ? "." : folder);
}

}  // namespace

AppendFile::AppendFile(std::string path) : path_(std::move(path)) {
  // O_EXCL: two starts never write into one file. O_APPEND: nobody's bytes are
  // written over.
  descriptor_ = ::open(
      path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail(path_, "create");
}

AppendFile::~AppendFile() {
  if (descriptor_ < 0) return;
  try {
    flush();
  } catch (const StorageError&) {
    // What nobody synced was promised to nobody.
  }
  ::close(descriptor_);
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      gathered_(std::move(other.gathered_)) {}

void AppendFile::write(std::string_view bytes) {
  assert(descriptor_ >= 0 && "not after it was moved from");
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor_, bytes.data(), bytes.size());
    // A signal that asks for a drain may come in the middle of a write.
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail(path_, "write");
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
}

void AppendFile::append(std::string_view bytes) {
  flush();
  write(bytes);
  size_ += bytes.size();
}

void AppendFile::append_later(std::string_view bytes) {
  constexpr std::size_t kMostGathered = 1U << 20;
  gathered_ += bytes;
  size_ += bytes.size();
  if (gathered_.size() > kMostGathered) flush();
}

void AppendFile::flush() {
  write(gathered_);
  gathered_.clear();
}

void AppendFile::sync() {
  assert(descriptor_ >= 0 && "not after it was moved from");
  flush();
  if (::fdatasync(descriptor_) != 0) fail(path_, "fdatasync");
}

Naming AppendFile::rename_exclusively(const std::string& path) {
  assert(descriptor_ >= 0 && "not after it was moved from");
  if (::link(path_.c_str(), path.c_str()) != 0) {
    // link(), unlike rename(), fails if the name is taken; EPERM and the like
    // are what file systems without hard links answer.
    const int error = errno;
    if (error == EPERM || error == EOPNOTSUPP || error == ENOSYS) {
      return Naming::unsupported;
    }
    // An answer that got lost on a network is asked for again, and then finds
    // the name taken by itself.
    struct stat facts {};
    const bool ours = ::fstat(descriptor_, &facts) == 0 && facts.st_nlink == 2;
    errno = error;
    if (!ours) fail(path, "create");
  }
  const auto folder = std::filesystem::path(path).parent_path().string();
  sync_folder(folder.empty() ? "." : folder);
  // Only after the new name is durable: a crash between the two leaves both
  // names, never none.
  ::unlink(path_.c_str());
  path_ = path;
  return Naming::done;
}

void sync_folder(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) fail(path, "open");
  const int result = ::fsync(folder);
  ::close(folder);
  // Some network file systems can't sync a folder; that is not a lost file.
  if (result != 0 && errno != EINVAL) fail(path, "fsync");
}

bool write_unsynced(const std::string& path, std::string_view bytes) {
  const std::string temporary = temporary_name(path);
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << bytes;
  file.close();
  if (file && std::rename(temporary.c_str(), path.c_str()) == 0) return true;
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);
  return false;
}

void publish_file(const std::string& temporary, const std::string& path) {
  // The data first, then the name: after a crash the name must not stand for
  // bytes that never reached the disk.
  const int file = ::open(temporary.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) fail(temporary, "open");
  const int result = ::fsync(file);
  ::close(file);
  if (result != 0) fail(temporary, "fsync");
  rename_durably(temporary, path);
}

std::string temporary_name(const std::string& path) {
  // The process's number, so that two processes of one host never write into
  // one temporary file.
  return path + ".partial." + std::to_string(::getpid());
}

void replace_file(const std::string& path, std::string_view bytes) {
  const std::string temporary = temporary_name(path);
  const ScopedTemporary guard(temporary);
  AppendFile file(temporary);
  file.append(bytes);
  // By the descriptor that wrote: what a server refuses late is told to no
  // other.
  file.sync();
  rename_durably(temporary, path);
}

ScopedTemporary::ScopedTemporary(std::string path) : path_(std::move(path)) {
  remove();
}

ScopedTemporary::~ScopedTemporary() { remove(); }

void ScopedTemporary::remove() const {
  std::error_code ignored;  // what can't be removed can't be made either
  std::filesystem::remove(path_, ignored);
}

void make_folders(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw file_error(path, "make the folder", error.value());
}

}  // namespace coxswain::storage
