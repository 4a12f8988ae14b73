#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace coxswain::storage {

// Whether a file system can give a file a second name.
enum class Naming : std::uint8_t { done, unsupported };

// A new file, created exclusively and only ever appended to. Not thread-safe.
// Throws StorageError (a full disk included); what sync() returned for is on
// the disk.
class AppendFile {
 public:
  explicit AppendFile(std::string path);
  ~AppendFile();
  AppendFile(AppendFile&& other) noexcept;
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;
  AppendFile& operator=(AppendFile&&) = delete;

  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; }
  void append(std::string_view bytes);
  // append() for many small pieces: they are in the file by the next append(),
  // flush() or sync() at the latest, and may be lost with the process before.
  void append_later(std::string_view bytes);
  void flush();
  void sync();  // flush() and fdatasync
  // Gives the file a name that nothing may have yet, in the same folder, in
  // place of its own; durable when it returns. Throws StorageError if the name
  // is taken.
  Naming rename_exclusively(const std::string& path);

 private:
  void write(std::string_view bytes);

  std::string path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;  // with what is gathered
  std::string gathered_;
};

// What a file is called until it is published; RunDirectory::remove_leftovers()
// knows it by this name.
std::string temporary_name(const std::string& path);

// Puts `bytes` under `path` so that a reader sees the old file or the new one,
// never half: temporary name, fsync, rename, fsync of the folder.
void replace_file(const std::string& path, std::string_view bytes);

// replace_file() for what a crash may take: a reader sees the old file or the
// new one, but nothing is synced. False, and nothing is left of it, if it could
// not be written.
bool write_unsynced(const std::string& path, std::string_view bytes);

// fsync of a finished temporary file, rename to `path`, fsync of the folder.
void publish_file(const std::string& temporary, const std::string& path);

// A temporary file's name, taken for as long as this lives: what an earlier
// process left there is removed, and what was not published by the end, too.
class ScopedTemporary {
 public:
  explicit ScopedTemporary(std::string path);
  ~ScopedTemporary();
  ScopedTemporary(const ScopedTemporary&) = delete;
  ScopedTemporary& operator=(const ScopedTemporary&) = delete;

  const std::string& path() const { return path_; }

 private:
  void remove() const;

  std::string path_;
};

// Makes the folder and those on the way that are missing.
void make_folders(const std::string& path);

// fsync of a folder: the names in it are then as durable as the files.
void sync_folder(const std::string& path);

}  // namespace coxswain::storage
