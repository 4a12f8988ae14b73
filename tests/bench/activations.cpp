// bench_activations FOLDER [GIB]: how fast activations go into shards, from
// there into sealed files, and come back, beside the disk's own rates. Run by
// hand: tests/README.md.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "storage/files/durable_file.hpp"
#include "storage/results/activation_files.hpp"
#include "storage/results/activation_reader.hpp"
#include "storage/run/shard.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/support/seconds_of.hpp"

using namespace coxswain::storage;
using coxswain::tests::seconds_of;

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kLayers = 8, kRows = 2048, kWidth = 2048;
constexpr std::size_t kLayerBytes = kRows * kWidth * sizeof(float);
constexpr std::size_t kRecordBytes = kLayers * kLayerBytes;  // 128 MiB

void tell(const char* what, double bytes, double seconds) {
  fmt::print("{:<46}{:>8.2f} s {:>9.0f} MB/s\n", what, seconds,
             bytes / seconds / 1e6);
}

// What was written is read from the disk again, as far as the system allows it.
void forget(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY);
  if (file < 0) return;
  ::fdatasync(file);
  ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  ::close(file);
}

void read_whole(const std::string& path) {
  const FileReader file(path);
  std::string block(4U << 20, '\0');
  for (std::uint64_t at = 0; at < file.size(); at += block.size()) {
    block.resize(std::min<std::uint64_t>(block.size(), file.size() - at));
    file.read(at, block.data(), block.size());
  }
}

ActivationSet one_set(int n_records) {
  ActivationSet set;
  set.path = "activations/m/b";
  set.d_model = kWidth;
  for (std::int32_t layer = 0; layer < kLayers; ++layer) {
    set.layers.push_back(layer);
  }
  for (std::int32_t i = 0; i < n_records * kRows; ++i) {
    set.rows.push_back({0, i / 64, kBothSides, i % 64});
  }
  return set;
}

// As sealing does: each record is verified, then its layers go to their files.
void seal_records(const std::string& folder, ActivationFiles& files,
                  const std::vector<ShardPlace>& places) {
  std::string record;
  std::int64_t row = 0;
  for (const ShardPlace& place : places) {
    read_shard_bytes(folder, place, record);
    std::string_view values = std::string_view(record).substr(
        tensors_in(record, place.file).at("activations").offset);
    for (std::int32_t layer = 0; layer < kLayers; ++layer) {
      files.write(0, layer, row, values.substr(0, kLayerBytes));
      values.remove_prefix(kLayerBytes);
    }
    row += kRows;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string folder = std::string(argv[1]) + "/bench_activations";
  const double gib = argc > 2 ? std::atof(argv[2]) : 2;
  const int n = std::max(1, static_cast<int>(gib * 8));
  const double bytes = static_cast<double>(n) * kRecordBytes;
  fs::remove_all(folder);
  fs::create_directories(folder + "/shards");
  ArrayMap arrays{{"activations", {DType::f32, {kLayers, kRows, kWidth}, ""}}};
  std::string& values = arrays["activations"].bytes;
  values.resize(kRecordBytes);
  std::mt19937_64 random(1);
  for (std::size_t at = 0; at < values.size(); at += sizeof(std::uint64_t)) {
    const std::uint64_t bits = random();
    values.replace(at, sizeof bits, reinterpret_cast<const char*>(&bits),
                   sizeof bits);
  }
  tell("plain writes, one fdatasync at the end", bytes, seconds_of([&] {
         AppendFile file(folder + "/plain");
         for (int i = 0; i < n; ++i) file.append(values);
         file.sync();
       }));
  tell("plain writes, an fdatasync after each 128 MiB", bytes, seconds_of([&] {
         AppendFile file(folder + "/plain-2");
         for (int i = 0; i < n; ++i) {
           file.append(values);
           file.sync();
         }
       }));
  fs::remove(folder + "/plain-2");
  std::vector<ShardPlace> places;
  tell("records of 128 MiB into a shard, each synced", bytes, seconds_of([&] {
         ShardWriter shard(folder, "shards/1", 1);
         for (int i = 0; i < n; ++i) {
           places.push_back(shard.append(arrays));
           shard.sync();
         }
       }));
  forget(folder + "/plain");
  forget(folder + "/shards/1");
  tell("plain read", bytes, seconds_of([&] { read_whole(folder + "/plain"); }));
  fs::remove(folder + "/plain");
  tell("records read and verified", bytes, seconds_of([&] {
         std::string record;
         for (const ShardPlace& place : places) {
           read_shard_bytes(folder, place, record);
         }
       }));
  forget(folder + "/shards/1");
  Results results;
  const ActivationSet set = one_set(n);
  ActivationFiles files(folder, {set}, ActivationLimits{}.in_file, "c");
  tell("sealed: shard to files", bytes,
       seconds_of([&] { seal_records(folder, files, places); }));
  tell("  their digests", bytes,
       seconds_of([&] { results.activation_files = files.finish(); }));
  tell("  synced and named", bytes, seconds_of([&] { files.publish(); }));
  for (const ActivationFileRow& row : results.activation_files) {
    const std::string path = folder + "/" + row.file.str();
    forget(path);
    const H5File file = H5File::open(path);
    const std::string name = layer_path(set.path, 3);
    constexpr int kReads = 2000;
    const auto n_rows = static_cast<std::uint64_t>(
        std::min<std::int64_t>(n * kRows, 4 * kRows));
    const double seconds = seconds_of([&] {
      for (int i = 0; i < kReads; ++i) {
        file.read_rows(name, static_cast<std::int64_t>(random() % n_rows), 1);
      }
    });
    fmt::print("{:<46}{:>8.2f} s {:>9.0f} a second\n", "random rows of 8 KiB",
               seconds, kReads / seconds);
    break;
  }
  fs::remove_all(folder);
  return 0;
}
