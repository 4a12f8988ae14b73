#include "storage/files/digest_memory.hpp"

#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "storage/files/digest.hpp"
#include "storage/files/durable_file.hpp"
#include "storage/files/fault.hpp"
#include "storage/files/file_reader.hpp"
#include "storage/files/json_text.hpp"

namespace coxswain::storage {
namespace {

using nlohmann::json;

constexpr std::int64_t kFormat = 1;
constexpr std::int64_t kNanoseconds = 1000000000;
// Some file systems keep times to the second or two: a file that is written
// twice within that may look the same.
constexpr std::int64_t kSettled = 2 * kNanoseconds;

std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

bool is_digest(const std::string& text) {
  return text.size() == 64 &&
         text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// Whether a time of modification is old enough to be trusted. Times ahead of
// this clock are no more settled than the newest ones.
bool settled(std::int64_t modified) {
  const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  return now.count() - modified >= kSettled;
}

}  // namespace

std::optional<DigestMemory::Identity> DigestMemory::identity_of(
    const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return Identity{static_cast<std::uint64_t>(found.st_dev),
                  static_cast<std::uint64_t>(found.st_ino),
                  static_cast<std::uint64_t>(found.st_size),
                  std::int64_t{found.st_mtim.tv_sec} * kNanoseconds +
                      found.st_mtim.tv_nsec};
}

DigestMemory::DigestMemory(std::string memory_file)
    : memory_file_(std::move(memory_file)) {
  try {
    load();
    // The memory saves time and nothing else: a bad one must not stop a run.
  } catch (const StorageError&) {
    entries_.clear();
  } catch (const json::exception&) {
    entries_.clear();
  }
}

void DigestMemory::load() {
  const json memory = parse_json(read_text(memory_file_), memory_file_);
  if (memory.at("format") != kFormat) return;
  for (const json& file : memory.at("files")) {
    Entry entry{{file.at("device").get<std::uint64_t>(),
                 file.at("inode").get<std::uint64_t>(),
                 file.at("size").get<std::uint64_t>(),
                 file.at("modified_ns").get<std::int64_t>()},
                file.at("sha256").get<std::string>()};
    if (!is_digest(entry.sha256)) continue;
    entries_.insert_or_assign(file.at("path").get<std::string>(),
                              std::move(entry));
  }
}

std::optional<std::string> DigestMemory::remembered(
    const std::string& path) const {
  const auto entry = entries_.find(absolute(path));
  if (entry == entries_.end() || identity_of(path) != entry->second.identity) {
    return std::nullopt;
  }
  return entry->second.sha256;
}

std::string DigestMemory::sha256_of_file(const std::string& path) {
  if (const auto known = remembered(path)) return *known;
  const auto before = identity_of(path);
  std::string digest = storage::sha256_of_file(path);
  // Looked at on both sides of the reading: a file that changed meanwhile has a
  // digest of neither state.
  if (before && settled(before->modified) && identity_of(path) == before) {
    entries_.insert_or_assign(absolute(path), Entry{*before, digest});
    changed_ = true;
  }
  return digest;
}

void DigestMemory::save() {
  if (!changed_) return;
  json files = json::array();
  for (const auto& [path, entry] : entries_) {
    files.push_back({{"path", path},
                     {"device", entry.identity.device},
                     {"inode", entry.identity.inode},
                     {"size", entry.identity.size},
                     {"modified_ns", entry.identity.modified},
                     {"sha256", entry.sha256}});
  }
  const json memory = {{"format", kFormat}, {"files", std::move(files)}};
  // A path need not be UTF-8; such a one is merely not found again.
  replace_file(memory_file_,
               memory.dump(1, ' ', false, json::error_handler_t::replace));
  changed_ = false;
}

}  // namespace coxswain::storage
