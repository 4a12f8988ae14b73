#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "storage/texts/exchange.hpp"

namespace coxswain::storage {

// Reads a list of turns, objects with `role` and `content`: one of the system
// if any, then the user's and the assistant's in turn, the user's last. Throws
// StorageError naming `where`, `key` and the turn.
Conversation conversation_of(const nlohmann::json& turns,
                             const std::string& where, const std::string& key);

}  // namespace coxswain::storage
