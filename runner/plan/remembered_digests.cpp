#include "runner/plan/remembered_digests.hpp"

#include <exception>
#include <filesystem>

#include "jobs/task/source_digest.hpp"
#include "storage/files/digest.hpp"
#include "storage/files/digest_memory.hpp"

namespace coxswain::runner {
namespace {

// Of models and SAEs by the digests of their files.
class DigestsByFile : public DigestSource {
 public:
  std::string model(const std::string& path) const override {
    return jobs::model_digest(path, of_file());
  }
  std::string sae(const jobs::SaeHeader& header) const override {
    return jobs::sae_digest(header, of_file());
  }

 private:
  jobs::FileDigest of_file() const {
    return [this](const std::string& path) { return file(path); };
  }
};

std::string memory_file(const std::string& cache) {
  return cache + "/digests.json";
}

class RememberedDigests : public DigestsByFile {
 public:
  explicit RememberedDigests(const std::string& cache)
      : cache_(cache), memory_(memory_file(cache)) {}

  // Kept at once: a start may be killed, and the next file may be large.
  std::string file(const std::string& path) const override {
    std::string digest = memory_.sha256_of_file(path);
    std::error_code ignored;
    std::filesystem::create_directories(cache_, ignored);
    try {
      memory_.save();
    } catch (const std::exception&) {
      // Read again the next time.
    }
    return digest;
  }
  bool genuine() const override { return true; }

 private:
  std::string cache_;
  mutable storage::DigestMemory memory_;
};

class DigestsAtHand : public DigestsByFile {
 public:
  explicit DigestsAtHand(const std::string& cache)
      : memory_(memory_file(cache)), stand_in_(stand_in_digests()) {}

  std::string file(const std::string& path) const override {
    const auto known = memory_.remembered(path);
    return known ? *known : stand_in_->file(path);
  }
  bool genuine() const override { return false; }

 private:
  storage::DigestMemory memory_;
  std::unique_ptr<DigestSource> stand_in_;
};

class DigestsToCompare : public DigestSource {
 public:
  DigestsToCompare(const std::string& cache, std::set<std::string>& unread)
      : memory_(memory_file(cache)),
        stand_in_(stand_in_digests()),
        unread_(unread) {}

  std::string model(const std::string& path) const override {
    return told([&](const jobs::FileDigest& of_file) {
      return jobs::model_digest(path, of_file);
    });
  }
  std::string sae(const jobs::SaeHeader& header) const override {
    return told([&](const jobs::FileDigest& of_file) {
      return jobs::sae_digest(header, of_file);
    });
  }
  std::string file(const std::string& path) const override {
    constexpr std::uintmax_t kMostRead = 64U << 20;  // bytes
    if (const auto known = memory_.remembered(path)) return *known;
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (!error && size <= kMostRead) return storage::sha256_of_file(path);
    const std::string digest = stand_in_->file(path);
    unread_.insert(digest);
    return digest;
  }
  std::string files(const std::vector<std::string>& paths) const override {
    const std::string digest = DigestSource::files(paths);
    for (const std::string& path : paths) {
      if (unread_.contains(file(path))) unread_.insert(digest);
    }
    return digest;
  }
  bool genuine() const override { return false; }

 private:
  // Of files that are remembered; else it stands in for a digest.
  template <class DigestOf>
  std::string told(const DigestOf& digest_of) const {
    bool all = true;
    const std::string digest = digest_of([&](const std::string& path) {
      if (const auto known = memory_.remembered(path)) return *known;
      all = false;
      return stand_in_->file(path);
    });
    if (!all) unread_.insert(digest);
    return digest;
  }

  storage::DigestMemory memory_;
  std::unique_ptr<DigestSource> stand_in_;
  std::set<std::string>& unread_;
};

}  // namespace

std::unique_ptr<DigestSource> remembered_digests(const std::string& cache) {
  if (cache.empty()) return whole_file_digests();
  return std::make_unique<RememberedDigests>(cache);
}

std::unique_ptr<DigestSource> digests_at_hand(const std::string& cache) {
  if (cache.empty()) return stand_in_digests();
  return std::make_unique<DigestsAtHand>(cache);
}

std::unique_ptr<DigestSource> digests_to_compare(
    const std::string& cache, std::set<std::string>& unread) {
  return std::make_unique<DigestsToCompare>(cache, unread);
}

}  // namespace coxswain::runner
