#pragma once

#include <string>
#include <string_view>

namespace coxswain::storage {

// What a file turns out to be that is not what its name says, in a few words
// ("a page of HTML"), and what the user can do. Never empty.
struct StandIn {
  std::string found, remedy;
};

// By the first bytes of a file; FileReader::beginning() are enough.
StandIn stand_in(std::string_view beginning);

// Whether the file is what Git LFS leaves in the place of one: a few lines that
// name it.
bool is_lfs_pointer(std::string_view beginning);

}  // namespace coxswain::storage
