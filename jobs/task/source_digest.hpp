#pragma once

#include <functional>
#include <string>

#include "jobs/task/sae_header.hpp"

namespace coxswain::jobs {

// SHA-256 of a file: of its bytes, or remembered.
using FileDigest = std::function<std::string(const std::string& path)>;

// What identifies a model and an SAE, as model_digest(path) and
// sae_digest(header) have it, made of the files' digests. Throws what `of_file`
// throws, JobError or storage::StorageError.
std::string model_digest(const std::string& path, const FileDigest& of_file);
std::string sae_digest(const SaeHeader& header, const FileDigest& of_file);

}  // namespace coxswain::jobs
