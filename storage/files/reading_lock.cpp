#include "storage/files/reading_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <utility>

namespace coxswain::storage {

ReadingLock::ReadingLock(const std::string& path) {
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) throw file_error(path, "", errno);
  if (::flock(descriptor_, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(std::exchange(descriptor_, -1));
    throw FileHeld(
        {path, "", "held for writing by another program, which has locked it",
         "a file that nobody writes to",
         "close it there (in h5py: File.close(), or the notebook's kernel), "
         "then run again; nothing is lost"});
  }
}

ReadingLock::~ReadingLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

ReadingLock::ReadingLock(ReadingLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

}  // namespace coxswain::storage
