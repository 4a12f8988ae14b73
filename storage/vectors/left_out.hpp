#pragma once

#include <cstddef>
#include <string>

namespace coxswain::storage {

// Takes note of what is no vector, by name and shape.
class LeftOut {
 public:
  void add(const std::string& tensor, const std::string& what);
  bool empty() const { return count_ == 0; }
  std::string text() const;  // "means [26, 2304], and 3 more"

 private:
  std::string first_;
  std::size_t count_ = 0;
};

}  // namespace coxswain::storage
