#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace coxswain::storage {

// A file can claim more numbers than it holds: they get no memory. Throws
// StorageError naming `what` if the data set with HDF5's id `set`, which would
// be `bytes` large (nothing: larger than can be counted), is stored in fewer
// than that can come of.
void check_claim(std::int64_t set, std::optional<std::uint64_t> bytes,
                 const std::string& what);

}  // namespace coxswain::storage
