#include "storage/files/file_error.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

namespace coxswain::storage {
namespace {

namespace fs = std::filesystem;

// What the file system has left, by its own account.
struct Room {
  std::uint64_t megabytes = 0;
  std::uint64_t files = 0;
  bool counts_files = false;  // some make as many as there is room for
};

// Of the folder that the path is in, or would be.
std::optional<Room> room_at(const std::string& path) {
  struct statvfs facts {};
  std::error_code ignored;
  for (fs::path at = fs::absolute(path, ignored); !at.empty();
       at = at.parent_path()) {
    if (::statvfs(at.c_str(), &facts) == 0) {
      return Room{(facts.f_bavail * facts.f_frsize) >> 20, facts.f_favail,
                  facts.f_files > 0};
    }
    if (at == at.parent_path()) break;
  }
  return std::nullopt;
}

// A full file system is told of by what ran out: whoever removes large files
// for want of small ones gains nothing.
void explain_full(const std::string& path, Fault& fault) {
  const auto room = room_at(path);
  fault.remedy = "free some space there, then run again";
  if (!room) return;
  if (room->counts_files && room->files == 0) {
    fault.found += fmt::format(
        ": the file system can hold no more files (no inode is free), "
        "whatever their size; {} MB are free",
        room->megabytes);
    fault.remedy =
        "remove some files there, not bytes (df -i counts them), or name a "
        "file system that can hold more, then run again";
  } else if (room->megabytes > 0) {
    fault.found += fmt::format(
        ", although the file system has {} MB free: a limit on the project "
        "or folder is used up",
        room->megabytes);
    fault.remedy =
        "free some space in that project or folder, or have its limit "
        "raised, then run again";
  }
}

const char* remedy_for(int error) {
  switch (error) {
    case EDQUOT:
      return "your quota there is used up, in bytes or in files: free some of "
             "your own, or have it raised (quota -s or lfs quota shows it), "
             "then run again";
    case EIO:
    case ETIMEDOUT:
    case EREMOTEIO:
    case ENXIO:
      return "the disk or the server behind it fails, which its own log "
             "explains: run again once it works";
    case ESTALE:
      return "the server no longer knows this file: it was removed or "
             "replaced from another machine, or the server was started anew; "
             "run again";
    case EROFS:
      return "nothing can be written there: have it mounted for writing, or "
             "name another place";
    case EACCES:
    case EPERM:
      return "ask whose it is, or name another place";
    case ENOENT:
    case ENOTDIR:
      return "check the path";
    case EFBIG:
      return "files may not be so large there: ulimit -f, or the file "
             "system's own limit";
    case EMFILE:
    case ENFILE:
      return "too many files are open: raise ulimit -n";
    case EBUSY:
    case ETXTBSY:
    case EAGAIN:
      return "another program holds it: close it there, then run again";
    default:
      return "";
  }
}

}  // namespace

bool FileError::is_of_path() const {
  constexpr int kOfPath[] = {ENOENT, ENOTDIR, EACCES,      EPERM,
                             EISDIR, ELOOP,   ENAMETOOLONG};
  return std::ranges::count(kOfPath, error_) > 0;
}

FileError file_error(const std::string& path, const std::string& step,
                     int error) {
  Fault fault{path, step, std::strerror(error), "", remedy_for(error)};
  if (error == ENOSPC) explain_full(path, fault);
  return {std::move(fault), error};
}

FileError file_error(const fs::filesystem_error& error) {
  // Of two paths the second is the one that was to be made.
  const fs::path& path = error.path2().empty() ? error.path1() : error.path2();
  return file_error(path.string(), "", error.code().value());
}

}  // namespace coxswain::storage
