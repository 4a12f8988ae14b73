#pragma once

#include <string>
#include <vector>

#include "jobs/sae/sae_header.hpp"

namespace coxswain::jobs {

struct SparseAutoencoder;

// A way in which SAEs are published. A new format is one unit and one line in
// the table of sae_format.cpp.
struct SaeFormat {
  std::string name;
  bool (*recognises)(const std::string& path);
  SaeHeader (*read_header)(const std::string& path);
  SparseAutoencoder (*load)(const std::string& path);
  std::vector<std::string> (*files)(const std::string& path);
};

extern const SaeFormat kSaeLensFormat;

// Throws JobError if nothing recognises `path`.
const SaeFormat& sae_format_of(const std::string& path);

}  // namespace coxswain::jobs
