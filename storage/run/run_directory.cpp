#include "storage/run/run_directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "storage/files/durable_file.hpp"
#include "storage/files/file_error.hpp"

namespace coxswain::storage {

namespace fs = std::filesystem;

std::string RunDirectory::shard_name(std::uint64_t epoch,
                                     std::uint32_t worker) {
  return fmt::format("shards/{:06}-{:05}", epoch, worker);
}

void RunDirectory::refuse_foreign() const {
  if (!fs::exists(path_)) return;
  if (!fs::is_directory(path_)) {
    throw StorageError({path_, "", "a file", "a run directory",
                        "name another one with --out"});
  }
  // --out that names somebody's home by mistake must not be filled with our
  // files.
  if (!fs::exists(journal_folder()) && !fs::is_empty(path_)) {
    throw StorageError({path_, "", "a folder with other things in it",
                        "a run directory or an empty folder",
                        "name another one with --out"});
  }
}

void RunDirectory::create() const {
  make_folders(journal_folder());
  make_folders(path_ + "/shards");
  sync_folder(path_);
}

void RunDirectory::require() const {
  std::error_code error;
  if (fs::is_directory(journal_folder(), error)) return;
  std::string found = "a folder without a journal";
  if (!fs::exists(path_, error)) {
    found = "no such folder";
  } else if (!fs::is_directory(path_, error)) {
    found = "a file";
  }
  throw StorageError({path_, "", found, "a run directory",
                      "name the one that coxswain run works in: --out, or "
                      "runs/NAME beside the sweep file"});
}

void RunDirectory::ask_to_stop(const std::string& who) const {
  replace_file(stop_file(), who + "\n");
}

bool RunDirectory::stop_asked() const {
  std::error_code error;
  // A file, not a signal: any host that sees the directory can ask.
  return fs::exists(stop_file(), error);
}

void RunDirectory::forget_stop() const {
  std::error_code error;
  fs::remove(stop_file(), error);
}

void RunDirectory::remove_leftovers() const {
  for (const std::string& folder :
       {path_, journal_folder(), activations_folder()}) {
    if (!fs::exists(folder)) continue;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().filename().string().find(".partial.") !=
          std::string::npos) {
        fs::remove(entry.path());
      }
    }
  }
}

void RunDirectory::remove_lock() const { fs::remove(lock_file()); }

namespace {

std::string text_of(int descriptor) {
  std::array<char, 256> text{};
  const ssize_t n = ::pread(descriptor, text.data(), text.size() - 1, 0);
  return n > 0 ? text.data() : "";
}

}  // namespace

std::string last_holder(const RunDirectory& run) {
  const int descriptor = ::open(run.lock_file().c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return "";
  std::string holder = text_of(descriptor);
  ::close(descriptor);
  return holder;
}

ScopedRunLock::ScopedRunLock(const RunDirectory& run, std::string holder)
    : holder_(std::move(holder)) {
  const std::string path = run.lock_file();
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0) throw file_error(path, "open", errno);
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) {
    sign();
  } else if (errno != EWOULDBLOCK) {
    unavailable_ = std::strerror(errno);
  } else {
    const std::string other = text_of(descriptor_);
    ::close(descriptor_);
    throw RunInUse({run.path(), "",
                    "in use by " + (other.empty() ? "?" : other),
                    "a run that nobody else works on",
                    "wait for it or end it; its results are kept"});
  }
}

void ScopedRunLock::sign() {
  // Only a message for people: a full disk must not stop the run here.
  if (::ftruncate(descriptor_, 0) == 0) {
    [[maybe_unused]] const ssize_t put =
        ::pwrite(descriptor_, holder_.data(), holder_.size(), 0);
  }
}

ScopedRunLock::~ScopedRunLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace coxswain::storage
