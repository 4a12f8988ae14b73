#include "jobs/sae/formats/sae_format.hpp"

#include "jobs/job_error.hpp"
#include "jobs/sae/sparse_autoencoder.hpp"
#include "storage/digest.hpp"

namespace coxswain::jobs {
namespace {
const SaeFormat* const kFormats[] = {&kSaeLensFormat};
}  // namespace

const SaeFormat& sae_format_of(const std::string& path) {
  std::string known;
  for (const SaeFormat* format : kFormats) {
    if (format->recognises(path)) return *format;
    known += (known.empty() ? "" : ", ") + format->name;
  }
  throw JobError({path, "", "no SAE of a format we know", "one of " + known,
                  "check the path"});
}

SaeHeader read_sae_header(const std::string& path) {
  return sae_format_of(path).read_header(path);
}

SparseAutoencoder load_sae(const std::string& path) {
  return sae_format_of(path).load(path);
}

std::string sae_digest(const std::string& path) {
  std::string digests;
  for (const std::string& file : sae_format_of(path).files(path)) {
    digests += storage::sha256_of_file(file);
  }
  return storage::sha256(digests);
}

}  // namespace coxswain::jobs
