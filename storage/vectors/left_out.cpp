#include "storage/vectors/left_out.hpp"

#include "storage/files/fault.hpp"

namespace coxswain::storage {

void LeftOut::add(const std::string& tensor, const std::string& what) {
  if (count_++ == 0) {
    first_ = tensor.empty() ? what : printable(tensor) + " " + what;
  }
}

std::string LeftOut::text() const {
  return count_ < 2 ? first_
                    : first_ + ", and " + std::to_string(count_ - 1) + " more";
}

}  // namespace coxswain::storage
