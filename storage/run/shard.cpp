#include "storage/run/shard.hpp"

#include <cassert>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/tensors/safetensors.hpp"

namespace coxswain::storage {
namespace {
constexpr std::uint16_t kArraysRecord = 1;
constexpr std::uint16_t kArraysVersion = 1;
}  // namespace

ShardWriter::ShardWriter(std::string run_directory, std::string name,
                         std::uint64_t epoch)
    : run_directory_(std::move(run_directory)),
      name_(std::move(name)),
      epoch_(epoch) {
  assert(std::filesystem::path(name_).is_relative());
}

ShardPlace ShardWriter::append(const ArrayMap& arrays) {
  if (!file_) {
    const auto path = std::filesystem::path(run_directory_) / name_;
    file_.emplace(path.string(), RecordFileKind::shard, epoch_);
    // A commit in the journal may name this file: its name must be as durable
    // as its records.
    sync_folder(path.parent_path().string());
  }
  // What is large is written from where it lies.
  const std::string header = safetensors_header(arrays);
  std::vector<std::string_view> pieces{header};
  for (const auto& [name, array] : arrays) pieces.push_back(array.bytes);
  const RecordPlace place =
      file_->append(kArraysRecord, kArraysVersion, pieces);
  return {name_, place};
}

void ShardWriter::sync() {
  if (file_) file_->sync();
}

void read_shard_bytes(const std::string& run_directory, const ShardPlace& place,
                      std::string& bytes) {
  assert(!place.file.empty() && "a task with bulk");
  read_record((std::filesystem::path(run_directory) / place.file).string(),
              place.record, bytes);
}

bool shard_is_there(const std::string& run_directory, const ShardPlace& place) {
  assert(!place.file.empty() && "a task with bulk");
  return record_is_there(
      (std::filesystem::path(run_directory) / place.file).string(),
      place.record);
}

ArrayMap read_shard(const std::string& run_directory, const ShardPlace& place) {
  std::string bytes;
  read_shard_bytes(run_directory, place, bytes);
  return from_safetensors(bytes, run_directory + "/" + place.file);
}

}  // namespace coxswain::storage
