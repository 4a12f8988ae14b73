#include "storage/results/h5_error.hpp"

#include <hdf5.h>

#include <charconv>
#include <string_view>

#include "storage/files/file_error.hpp"

namespace coxswain::storage {
namespace {

// What the library's stack of errors holds, from the call to its cause.
struct Said {
  std::string innermost;
  int error = 0;  // errno's number; 0: the system refused nothing
};

// HDF5 hands errno on in words alone: "..., errno = 28, error message = ...".
int errno_in(std::string_view text) {
  constexpr std::string_view kMark = "errno = ";
  const std::size_t at = text.find(kMark);
  int number = 0;
  if (at != std::string_view::npos) {
    const std::string_view rest = text.substr(at + kMark.size());
    std::from_chars(rest.data(), rest.data() + rest.size(), number);
  }
  return number;
}

herr_t note(unsigned, const H5E_error2_t* entry, void* out) {
  auto& said = *static_cast<Said*>(out);
  if (entry->desc == nullptr) return 0;
  said.innermost = entry->desc;
  if (const int error = errno_in(said.innermost); error != 0) {
    said.error = error;
  }
  return 0;
}

}  // namespace

void throw_h5_error(const std::string& what) {
  Said said;
  // From the call that was made down to the one that failed.
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, note, &said);
  if (said.error != 0) throw file_error(what, "HDF5", said.error);
  throw StorageError(
      {what, "HDF5",
       said.innermost.empty() ? "the library gives no reason"
                              : printable(said.innermost),
       "",
       "that is the file's own fault, not the disk's: make it again, or use "
       "the program that wrote it"});
}

}  // namespace coxswain::storage
