#include "runner/plan/remembered_digests.hpp"

#include <exception>
#include <filesystem>

#include "jobs/task/source_digest.hpp"
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

}  // namespace

std::unique_ptr<DigestSource> remembered_digests(const std::string& cache) {
  if (cache.empty()) return whole_file_digests();
  return std::make_unique<RememberedDigests>(cache);
}

std::unique_ptr<DigestSource> digests_at_hand(const std::string& cache) {
  if (cache.empty()) return stand_in_digests();
  return std::make_unique<DigestsAtHand>(cache);
}

}  // namespace coxswain::runner
