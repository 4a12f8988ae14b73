#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/run/record_file.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::storage {

// Where a bulky result lies: `file` is relative to the run directory, empty
// when the task had none.
struct ShardPlace {
  std::string file;
  RecordPlace record;
};

// One worker's file of bulky arrays; created at the first append, never opened
// again for writing. Not thread-safe.
class ShardWriter {
 public:
  // `name` is the file's path relative to `run_directory`.
  ShardWriter(std::string run_directory, std::string name, std::uint64_t epoch);

  // On the disk once sync() returned.
  ShardPlace append(const ArrayMap& arrays);
  void sync();

 private:
  std::string run_directory_;
  std::string name_;
  std::uint64_t epoch_;
  std::optional<RecordWriter> file_;
};

// Reads back and verifies what append() returned the place of.
ArrayMap read_shard(const std::string& run_directory, const ShardPlace& place);
// The record at `place` as the safetensors bytes it was written as, verified,
// into memory that is used again and again; arrays are not copied apart.
void read_shard_bytes(const std::string& run_directory, const ShardPlace& place,
                      std::string& bytes);

// Whether the record is there, without reading it: see record_is_there().
bool shard_is_there(const std::string& run_directory, const ShardPlace& place);

}  // namespace coxswain::storage
