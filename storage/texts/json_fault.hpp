#pragma once

#include <string>
#include <string_view>

#include "storage/files/fault.hpp"

namespace coxswain::storage {

// Why a text that should be one JSON object is none, in words: the key at
// fault, what was found and what to do, under `where`. For texts that a JSON
// parser refused for `reason`, or that hold another value (no reason).
Fault json_fault(std::string_view text, const std::string& where,
                 const std::string& reason);

}  // namespace coxswain::storage
