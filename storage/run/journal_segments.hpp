#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace coxswain::storage {

// The files of a journal: one segment a start, named by its number (the epoch).

// "<folder>/000007" for number 7.
std::string segment_path(const std::string& folder, std::uint64_t number);

// Ascending; a missing folder has none. Other files are passed over.
std::vector<std::uint64_t> segments_in(const std::string& folder);

// The newest segment after `epoch`: another start has taken over, and what a
// coordinator of `epoch` goes on to write no longer counts. For a coordinator
// to ask now and then; reads the folder's names alone.
std::optional<std::uint64_t> newer_epoch(const std::string& folder,
                                         std::uint64_t epoch);

// Removes these segments; one that is gone already is no error.
void remove_segments(const std::string& folder,
                     const std::vector<std::uint64_t>& numbers);

}  // namespace coxswain::storage
