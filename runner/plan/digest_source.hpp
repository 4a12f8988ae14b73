#pragma once

#include <memory>
#include <string>
#include <vector>

#include "jobs/task/sae_header.hpp"

namespace coxswain::runner {

// Where a plan has the digests from that its keys are made of. Throws JobError
// or storage::StorageError for files that can't be read.
class DigestSource {
 public:
  virtual ~DigestSource() = default;
  virtual std::string model(const std::string& path) const = 0;
  virtual std::string sae(const jobs::SaeHeader& header) const = 0;
  virtual std::string file(const std::string& path) const = 0;
  // Of what is made of several files: of their digests, with spaces between.
  virtual std::string files(const std::vector<std::string>& paths) const;
  // Whether they are of the files' bytes, and say what a file is.
  virtual bool genuine() const = 0;
};

// Reads the files whole.
std::unique_ptr<DigestSource> whole_file_digests();

// Reads nothing: a digest is of the path. Good for counting and sizing what a
// sweep would do; keys made of it belong in no journal.
std::unique_ptr<DigestSource> stand_in_digests();

}  // namespace coxswain::runner
