#pragma once

#include <set>
#include <string>
#include <string_view>

#include "storage/tensors/pickle_value.hpp"

namespace coxswain::storage {

// Reads the pickle at the beginning of `bytes`, which must outlive it (as must
// `allowed`). It is never executed: its opcodes only build descriptions, and
// naming a global that is not in `allowed` ("module name"), or an opcode that
// no state dict needs, is refused by name. collections.OrderedDict, where it
// is allowed, becomes a mapping. Sizes are checked against the bytes that are
// left, and the number of values is limited. Throws StorageError that names
// `file` and the defect.
Pickle read_pickle(std::string_view bytes, const std::set<std::string>& allowed,
                   const std::string& file);

}  // namespace coxswain::storage
