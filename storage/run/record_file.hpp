#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "storage/files/durable_file.hpp"
#include "storage/files/file_reader.hpp"

namespace coxswain::storage {

// Append-only files of framed records: the one format for everything that is
// written while a run is under way. Byte by byte in storage/README.md.
enum class RecordFileKind : std::uint32_t { journal = 1, shard = 2 };

// One good record as it was read: its payload is verified and owned.
struct Record {
  std::uint16_t type = 0;     // never 0
  std::uint16_t version = 0;  // of the payload's layout
  std::string payload;
  std::uint64_t offset = 0;  // of the record's frame in the file
};

// Where a record lies, and the checksum that proves it.
struct RecordPlace {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  // of the payload
  std::uint32_t checksum = 0;
};

// Good records after bad bytes: not the torn end of a file that its writer was
// stopped in, but the loss of something that was durable.
struct RecordDamage {
  std::string file;
  std::uint64_t offset = 0;     // of the first bad byte's record
  std::uint64_t following = 0;  // bytes from there on, which no longer count
};

// Appends records to a new file; what sync() returned for is durable. Not
// thread-safe. Throws StorageError, for a full disk too.
class RecordWriter {
 public:
  // Creates the file (exclusively) and writes its header.
  RecordWriter(std::string path, RecordFileKind kind, std::uint64_t epoch);

  RecordPlace append(std::uint16_t type, std::uint16_t version,
                     std::string_view payload);
  // Appends one record whose payload comes in pieces, none of which is copied.
  RecordPlace append(std::uint16_t type, std::uint16_t version,
                     std::span<const std::string_view> payload);
  // For those who look at the file meanwhile: small records are gathered.
  void flush() { file_.flush(); }
  void sync();
  // Gives the file a name that nothing may have yet, durably: see
  // AppendFile::rename_exclusively().
  Naming rename_exclusively(const std::string& path) {
    return file_.rename_exclusively(path);
  }
  const std::string& path() const { return file_.path(); }

 private:
  AppendFile file_;
  std::uint64_t epoch_;
  std::uint64_t sequence_ = 0;
  std::uint64_t synced_ = 0;  // records that sync() returned for
};

// Reads records in order and stops, without throwing, at the first one that is
// torn, zero-filled, out of order or of another file. Throws StorageError for a
// file of a newer version.
class RecordReader {
 public:
  // Opens a file of which only the first `limit` bytes count (later ones were
  // fenced off).
  RecordReader(std::string path, RecordFileKind kind,
               std::uint64_t limit = UINT64_MAX);

  std::uint64_t epoch() const { return epoch_; }
  std::optional<Record> next();
  // next() for a look at a file whose bulk nobody wants to wait for: of records
  // of type `large` only the first `most` bytes of the payload are read, and
  // these unverified.
  std::optional<Record> skim(std::uint16_t large, std::uint64_t most);
  // Bytes up to the end of the last good record; 0 without a good header.
  std::uint64_t valid_bytes() const { return at_; }
  // To be asked once next() returned nothing: whether a record further on
  // proves that bytes which were durable are bad. What merely was not synced
  // yet when the writer was stopped, in whatever order it reached the disk, is
  // no damage. `epoch` is the file's, which a bad header can't tell. Reads the
  // rest of the file.
  std::optional<RecordDamage> damage(std::uint64_t epoch) const;

 private:
  FileReader file_;
  std::uint64_t limit_;
  std::uint32_t format_ = 0;
  std::uint64_t epoch_ = 0;
  std::uint64_t at_ = 0;
  std::uint64_t sequence_ = 0;
};

// The payload of the record at `place`; throws StorageError if it is not there
// whole and with that checksum.
std::string read_record(const std::string& path, const RecordPlace& place);
// Reads the payload at `place` into memory that is used again and again.
void read_record(const std::string& path, const RecordPlace& place,
                 std::string& payload);

// Whether a record of that length and checksum begins at `place` and its bytes
// are within the file: all that can be told without reading them. False for a
// file that is gone, or is no record file.
bool record_is_there(const std::string& path, const RecordPlace& place);

}  // namespace coxswain::storage
