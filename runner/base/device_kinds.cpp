#include "runner/base/device_kinds.hpp"

#include <fmt/format.h>

#include <set>
#include <sstream>

namespace coxswain::runner {

std::vector<std::string> kinds_of(const std::string& numerics) {
  std::vector<std::string> kinds;
  std::istringstream lines(numerics);
  for (std::string line; std::getline(lines, line);) kinds.push_back(line);
  return kinds;
}

std::string with_kind(const std::string& numerics, const std::string& kind) {
  const std::vector<std::string> known = kinds_of(numerics);
  std::set<std::string> all(known.begin(), known.end());
  all.insert(kind);
  return fmt::format("{}", fmt::join(all, "\n"));
}

}  // namespace coxswain::runner
