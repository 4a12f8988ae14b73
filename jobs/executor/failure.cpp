#include "jobs/executor/failure.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <new>
#include <string_view>

#include "jobs/task/numbers_error.hpp"
#include "storage/files/file_error.hpp"

namespace coxswain::jobs {
namespace {

using storage::FailureKind;

constexpr const char* kRoom =
    " (tasks keep to [numerics] memory_mb if it is said)";

// libtorch has one type for nearly everything.
FailureKind kind_in(std::string_view text) {
  constexpr std::array kMemory{"can't allocate memory", "out of memory",
                               "not enough memory", "ALLOC_FAILED"};
  constexpr std::array kDevice{"CUDA error", "CUBLAS_STATUS", "cuDNN error",
                               "CUSOLVER_STATUS", "CUFFT_"};
  const auto has = [&](const char* words) {
    return text.find(words) != std::string_view::npos;
  };
  if (std::ranges::any_of(kMemory, has)) return FailureKind::memory;
  if (std::ranges::any_of(kDevice, has)) return FailureKind::device;
  return FailureKind::unknown;
}

TaskFailure failure_of_torch(const c10::Error& error) {
  std::string text = error.what_without_backtrace();
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr) {
    return {FailureKind::memory, "out of device memory: " + text + kRoom};
  }
  const FailureKind kind = kind_in(text);
  if (kind == FailureKind::memory) text = "out of memory: " + text + kRoom;
  return {kind, text};
}

}  // namespace

TaskFailure failure_of(const std::exception& error) {
  namespace fs = std::filesystem;
  if (const auto* torch = dynamic_cast<const c10::Error*>(&error)) {
    return failure_of_torch(*torch);
  }
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
    return {FailureKind::memory, std::string("out of memory") + kRoom};
  }
  if (const auto* files = dynamic_cast<const fs::filesystem_error*>(&error)) {
    return {FailureKind::files, storage::file_error(*files).what()};
  }
  // The narrower types first.
  if (dynamic_cast<const storage::FileError*>(&error) != nullptr) {
    return {FailureKind::files, error.what()};
  }
  if (dynamic_cast<const NumbersError*>(&error) != nullptr) {
    return {FailureKind::numbers, error.what()};
  }
  if (dynamic_cast<const storage::StorageError*>(&error) != nullptr ||
      dynamic_cast<const JobError*>(&error) != nullptr) {
    return {FailureKind::input, error.what()};
  }
  return {FailureKind::unknown, error.what()};
}

}  // namespace coxswain::jobs
