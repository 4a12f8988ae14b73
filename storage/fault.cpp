#include "storage/fault.hpp"

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

StorageError::StorageError(Fault fault)
    : std::runtime_error(sentence(fault)), fault_(std::move(fault)) {}

}  // namespace coxswain::storage
