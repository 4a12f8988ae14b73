#include "storage/results/claimed_size.hpp"

#include <hdf5.h>

#include "storage/files/fault.hpp"

namespace coxswain::storage {
namespace {

// How many bytes one stored byte can stand for: deflate never makes more than
// 1032 of it; what files of other tools have instead of it may, of constants.
std::uint64_t most_unpacked(hid_t set) {
  const hid_t list = H5Dget_create_plist(set);
  std::uint64_t most = 1040;
  for (int i = 0; i < H5Pget_nfilters(list); ++i) {
    unsigned flags = 0, config = 0;
    std::size_t n_values = 0;
    const H5Z_filter_t filter =
        H5Pget_filter2(list, static_cast<unsigned>(i), &flags, &n_values,
                       nullptr, 0, nullptr, &config);
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE &&
        filter != H5Z_FILTER_FLETCHER32) {
      most = 1U << 18;
    }
  }
  H5Pclose(list);
  return most;
}

}  // namespace

void check_claim(std::int64_t set, std::optional<std::uint64_t> bytes,
                 const std::string& what) {
  if (!bytes || *bytes / most_unpacked(set) > H5Dget_storage_size(set)) {
    throw StorageError({what, "size", "more numbers than the file can hold",
                        "those that were stored", "the file is damaged"});
  }
}

}  // namespace coxswain::storage
