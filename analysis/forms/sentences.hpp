#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace coxswain::analysis {

// Pieces of the sentences that reports are written in.

// "1 layer", "2 layers".
std::string counted(std::size_t n, const std::string& what);
// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& parts);
// With a large first letter, if it begins with one of ASCII's.
std::string capitalised(std::string text);

}  // namespace coxswain::analysis
