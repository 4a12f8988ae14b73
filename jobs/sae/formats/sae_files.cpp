#include "jobs/sae/formats/sae_files.hpp"

#include <cassert>

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {

const storage::TensorFile& SaeFiles::add(
    std::unique_ptr<storage::TensorFile> container) {
  paths.push_back(container->path());
  containers.emplace_back(std::move(container));
  return *containers.back();
}

const std::vector<std::int64_t>& SaeFiles::shape(const std::string& name,
                                                 std::size_t dimensions,
                                                 std::size_t file) const {
  assert(file < containers.size());
  const storage::TensorFile& container = *containers.at(file);
  const auto found = container.tensors().find(name);
  if (found == container.tensors().end()) {
    throw JobError({container.path(), name, "no such tensor",
                    "it in an SAE of format " + header.format, ""});
  }
  if (found->second.shape.size() != dimensions) {
    throw JobError({container.path(), name,
                    "shape " + storage::shape_text(found->second.shape),
                    std::to_string(dimensions) + " dimensions", ""});
  }
  return found->second.shape;
}

bool SaeFiles::folds(const SaeOptions& options) const {
  return options.decoder_norms == DecoderNorms::folded ||
         (options.decoder_norms == DecoderNorms::as_published &&
          fold_decoder_norms);
}

}  // namespace coxswain::jobs
