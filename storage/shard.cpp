#include "storage/shard.hpp"

#include <filesystem>
#include <utility>

#include "storage/safetensors.hpp"

namespace coxswain::storage {
namespace {
constexpr std::uint16_t kArraysRecord = 1;
constexpr std::uint16_t kArraysVersion = 1;
}  // namespace

ShardWriter::ShardWriter(std::string run_directory, std::string name,
                         std::uint64_t epoch)
    : run_directory_(std::move(run_directory)),
      name_(std::move(name)),
      epoch_(epoch) {}

ShardPlace ShardWriter::append(const ArrayMap& arrays) {
  if (!file_) {
    const auto path = std::filesystem::path(run_directory_) / name_;
    file_.emplace(path.string(), RecordFileKind::shard, epoch_);
    sync_folder(path.parent_path().string());
  }
  const RecordPlace place =
      file_->append(kArraysRecord, kArraysVersion, to_safetensors(arrays));
  return {name_, place};
}

void ShardWriter::sync() {
  if (file_) file_->sync();
}

ArrayMap read_shard(const std::string& run_directory, const ShardPlace& place) {
  const std::string path =
      (std::filesystem::path(run_directory) / place.file).string();
  return from_safetensors(read_record(path, place.record), path);
}

}  // namespace coxswain::storage
