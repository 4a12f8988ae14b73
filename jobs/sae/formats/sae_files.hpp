#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "jobs/task/sae_header.hpp"
#include "storage/tensors/tensor_file.hpp"

namespace coxswain::jobs {

// Where one array of an SAE lies, and how it lies there.
struct SaeTensor {
  std::string name;         // in its file
  std::size_t file = 0;     // of SaeFiles::containers
  bool transposed = false;  // against SparseAutoencoder's shape
  bool summed = false;    // stored [d_sae, targets, d_out], summed over targets
  bool exponent = false;  // stored as its logarithm
  double factor = 1;      // multiplied by it when it is read
};

// An SAE as its format describes it: what it computes, and which tensor is
// what. Filled in by a format's unit, checked and read by sae_loader.
struct SaeFiles {
  SaeHeader header;
  std::vector<std::string> paths;  // all files that it consists of
  std::vector<std::shared_ptr<const storage::TensorFile>> containers;
  // By the names of SparseAutoencoder's members.
  std::map<std::string, SaeTensor> tensors;
  std::optional<double> constant_threshold;  // one for all features
  // Names in the containers that are known and not needed.
  std::set<std::string> ignored;
  // Names that may be left out only if all their numbers are 1.
  std::set<std::string> ignored_if_ones;
  bool fold_decoder_norms = false;  // the format's own rule
  double input_scale = 1;           // x is multiplied by it, as the files say

  // Whether decoder rows are made unit length when the SAE is loaded.
  bool folds(const SaeOptions& options) const;
  // Opens a container and lists its path. A prefix of all its names that
  // torch.compile or distributed training put there is left out.
  const storage::TensorFile& add(
      std::unique_ptr<storage::TensorFile> container);
  // The shape of a container's tensor; throws JobError if it is not there or
  // has not `dimensions` of them.
  const std::vector<std::int64_t>& shape(const std::string& name,
                                         std::size_t dimensions,
                                         std::size_t file = 0) const;
};

// A container as it would be without such a prefix; as it is if it has none.
std::unique_ptr<storage::TensorFile> without_prefix(
    std::unique_ptr<storage::TensorFile> file);

}  // namespace coxswain::jobs
