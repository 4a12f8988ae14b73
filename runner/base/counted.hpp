#pragma once

#include <cstddef>
#include <string>

namespace coxswain::runner {

// "1 task", "2 tasks".
std::string counted(std::size_t n, const std::string& what);

}  // namespace coxswain::runner
