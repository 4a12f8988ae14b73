#pragma once

#include <string>

namespace coxswain::runner {

// Folders of this machine that environment variables choose.
struct MachineFolders {
  std::string hub;    // where huggingface_hub keeps what it fetched
  std::string cache;  // of what is remembered of this machine; may be empty
};

// Empty paths without a home.
MachineFolders machine_folders();

}  // namespace coxswain::runner
