#include "runner/base/counted.hpp"

namespace coxswain::runner {

std::string counted(std::size_t n, const std::string& what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

}  // namespace coxswain::runner
