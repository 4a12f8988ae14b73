#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "storage/files/fault.hpp"

namespace coxswain::fuzz {

// A file in memory that holds the input: the readers take paths.
class InputFile {
 public:
  InputFile(const std::uint8_t* data, std::size_t size)
      : descriptor_(::memfd_create("input", MFD_CLOEXEC)) {
    if (descriptor_ < 0 ||
        ::write(descriptor_, data, size) != static_cast<ssize_t>(size)) {
      std::abort();
    }
  }
  ~InputFile() { ::close(descriptor_); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  std::string path() const {
    return "/proc/self/fd/" + std::to_string(descriptor_);
  }

 private:
  int descriptor_;
};

// Refusing is what readers are for; every other exception is a finding.
template <class Work>
int read_or_refuse(Work&& work) {
  try {
    work();
  } catch (const storage::StorageError&) {
  }
  return 0;
}

// As many tensors of a file are read as an input's time allows.
constexpr int kMostTensors = 32;

}  // namespace coxswain::fuzz
