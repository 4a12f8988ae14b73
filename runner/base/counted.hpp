#pragma once

#include <concepts>
#include <string>

namespace coxswain::runner {

// "1 task", "2 tasks".
template <std::integral N>
std::string counted(N n, const std::string& what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

}  // namespace coxswain::runner
