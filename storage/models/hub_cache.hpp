#pragma once

#include <string>

namespace coxswain::storage {

// Whether a source is one of the Hugging Face hub: "hf:org/name".
bool is_hub_source(const std::string& source);

// Where "hf:org/name", "hf:org/name@revision" or either with "//path/inside"
// lies in the hub's local cache: <hub>/models--org--name/snapshots/<commit>,
// by refs/<revision> (main unless said).
// Nothing is fetched. Throws StorageError for what is not in the cache.
std::string find_in_hub(const std::string& hub, const std::string& source);

}  // namespace coxswain::storage
