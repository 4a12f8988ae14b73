#include "storage/files/fault.hpp"

#include <utility>

namespace coxswain::storage {

std::string sentence(const Fault& fault) {
  std::string text = fault.file;
  if (!fault.item.empty()) text += (text.empty() ? "" : ": ") + fault.item;
  if (!fault.found.empty()) text += (text.empty() ? "" : ": ") + fault.found;
  if (!fault.expected.empty()) text += ", expected " + fault.expected;
  if (!fault.remedy.empty()) text += "; " + fault.remedy;
  return text;
}

std::string printable(std::string_view text) {
  // Names in files of strangers can hold escape sequences that rewrite a
  // terminal, and be megabytes long.
  constexpr std::size_t kLongest = 80;
  std::string shown(text.substr(0, kLongest));
  for (char& byte : shown) {
    if (byte < ' ' || byte > '~') byte = '?';
  }
  return text.size() > kLongest ? shown + "..." : shown;
}

StorageError::StorageError(Fault fault)
    : std::runtime_error(sentence(fault)), fault_(std::move(fault)) {}

}  // namespace coxswain::storage
