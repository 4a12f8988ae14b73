#pragma once

#include <filesystem>
#include <string>

#include "storage/files/fault.hpp"

namespace coxswain::storage {

// Whether a folder has the name, be it a link to nothing: who opens that is
// told so, where who passes it by would look for another file.
bool is_named(const std::filesystem::path& path);

// Why a folder without `wanted` holds no weights that can be read: what lies
// there instead (pickles, an unfinished download, an adapter, GGUF), and the
// remedy.
Fault missing_weights(const std::string& folder, const std::string& wanted);

}  // namespace coxswain::storage
