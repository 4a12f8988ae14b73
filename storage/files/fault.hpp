#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace coxswain::storage {

// What is wrong, where, and what to do: every error of the project carries one.
struct Fault {
  std::string file;      // path, with ":line" where there is one
  std::string item;      // key, tensor, row or field; may be empty
  std::string found;     // what is there
  std::string expected;  // what should be; may be empty
  std::string remedy;    // what the user can do; may be empty
};

// The fault as one sentence: "FILE: ITEM: found X, expected Y; REMEDY".
std::string sentence(const Fault& fault);

// A stranger's text for a sentence: at most 80 bytes, and nothing in them that
// a terminal would act on.
std::string printable(std::string_view text);

// Bad, missing or unwritable files.
class StorageError : public std::runtime_error {
 public:
  explicit StorageError(Fault fault);
  const Fault& fault() const { return fault_; }

 private:
  Fault fault_;
};

}  // namespace coxswain::storage
