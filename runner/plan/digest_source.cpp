#include "runner/plan/digest_source.hpp"

#include "jobs/model/model_file.hpp"
#include "storage/files/digest.hpp"

namespace coxswain::runner {
namespace {

class WholeFileDigests : public DigestSource {
 public:
  std::string model(const std::string& path) const override {
    return jobs::model_digest(path);
  }
  std::string sae(const jobs::SaeHeader& header) const override {
    return jobs::sae_digest(header);
  }
  std::string file(const std::string& path) const override {
    return storage::sha256_of_file(path);
  }
  bool genuine() const override { return true; }
};

class StandInDigests : public DigestSource {
 public:
  std::string model(const std::string& path) const override {
    return file(path);
  }
  std::string sae(const jobs::SaeHeader& header) const override {
    std::string paths;
    for (const std::string& path : header.files) paths += path + "\n";
    return file(paths);
  }
  std::string file(const std::string& path) const override {
    return storage::sha256("not read: " + path);
  }
  bool genuine() const override { return false; }
};

}  // namespace

std::string DigestSource::files(const std::vector<std::string>& paths) const {
  std::string digests;
  for (const std::string& path : paths) {
    digests += (digests.empty() ? "" : " ") + file(path);
  }
  return storage::sha256(digests);
}

std::unique_ptr<DigestSource> whole_file_digests() {
  return std::make_unique<WholeFileDigests>();
}

std::unique_ptr<DigestSource> stand_in_digests() {
  return std::make_unique<StandInDigests>();
}

}  // namespace coxswain::runner
