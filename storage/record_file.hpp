#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/durable_file.hpp"
#include "storage/file_reader.hpp"

namespace coxswain::storage {

// Append-only files of framed records: the one format for everything that is
// written while a run is under way. Byte by byte in storage/README.md.
enum class RecordFileKind : std::uint32_t { journal = 1, shard = 2 };

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

class RecordWriter {
 public:
  // Creates the file (exclusively) and writes its header.
  RecordWriter(std::string path, RecordFileKind kind, std::uint64_t epoch);

  RecordPlace append(std::uint16_t type, std::uint16_t version,
                     std::string_view payload);
  void sync() { file_.sync(); }
  const std::string& path() const { return file_.path(); }

 private:
  AppendFile file_;
  std::uint64_t epoch_;
  std::uint64_t sequence_ = 0;
};

// Reads records in order and stops, without throwing, at the first one that is
// torn, zero-filled, out of order or of another file: what follows a bad
// record was never acknowledged. Throws StorageError for a file of a newer
// version.
class RecordReader {
 public:
  // Only the first `limit` bytes count (later ones were fenced off).
  RecordReader(std::string path, RecordFileKind kind,
               std::uint64_t limit = UINT64_MAX);

  std::uint64_t epoch() const { return epoch_; }
  std::optional<Record> next();
  // Bytes up to the end of the last good record; 0 without a good header.
  std::uint64_t valid_bytes() const { return at_; }

 private:
  FileReader file_;
  std::uint64_t limit_;
  std::uint64_t epoch_ = 0;
  std::uint64_t at_ = 0;
  std::uint64_t sequence_ = 0;
};

// The payload of the record at `place`; throws StorageError if it is not there
// whole and with that checksum.
std::string read_record(const std::string& path, const RecordPlace& place);

}  // namespace coxswain::storage
