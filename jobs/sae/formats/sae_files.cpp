#include "jobs/sae/formats/sae_files.hpp"

#include <cassert>
#include <utility>

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

// What torch.compile and distributed training put before every name.
constexpr const char* kPrefixes[] = {"_orig_mod.", "module."};

// A container as it would be without a prefix that all its names have.
class Unprefixed : public storage::TensorFile {
 public:
  Unprefixed(std::unique_ptr<storage::TensorFile> file, std::string prefix)
      : file_(std::move(file)), prefix_(std::move(prefix)) {
    for (const auto& [name, tensor] : file_->tensors()) {
      tensors_.emplace(name.substr(prefix_.size()), tensor);
    }
    for (const auto& [name, text] : file_->texts()) {
      texts_.emplace(
          name.starts_with(prefix_) ? name.substr(prefix_.size()) : name, text);
    }
  }

  const std::string& path() const override { return file_->path(); }
  const std::map<std::string, storage::StoredTensor>& tensors() const override {
    return tensors_;
  }
  std::unique_ptr<storage::TensorStream> open(
      const std::string& name) const override {
    return file_->open(prefix_ + name);
  }
  const std::map<std::string, std::string>& texts() const override {
    return texts_;
  }

 private:
  std::unique_ptr<storage::TensorFile> file_;
  std::string prefix_;
  std::map<std::string, storage::StoredTensor> tensors_;
  std::map<std::string, std::string> texts_;
};

bool all_begin_with(const storage::TensorFile& file, const char* prefix) {
  for (const auto& [name, tensor] : file.tensors()) {
    if (!name.starts_with(prefix)) return false;
  }
  return !file.tensors().empty();
}

std::string names_in(const storage::TensorFile& file) {
  constexpr std::size_t kMost = 8;
  std::string names;
  std::size_t n = 0;
  for (const auto& [name, tensor] : file.tensors()) {
    if (n == kMost) return names + " ...";
    names += (n++ == 0 ? "" : ", ") + storage::printable(name);
  }
  return names.empty() ? "no tensor" : names;
}

}  // namespace

std::unique_ptr<storage::TensorFile> without_prefix(
    std::unique_ptr<storage::TensorFile> file) {
  for (const char* prefix : kPrefixes) {
    if (all_begin_with(*file, prefix)) {
      file = std::make_unique<Unprefixed>(std::move(file), prefix);
    }
  }
  return file;
}

const storage::TensorFile& SaeFiles::add(
    std::unique_ptr<storage::TensorFile> container) {
  paths.push_back(container->path());
  containers.emplace_back(without_prefix(std::move(container)));
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
                    "it, whose shape says how wide the SAE is",
                    "the file has " + names_in(container) +
                        ": check that it is whole, and the format"});
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
