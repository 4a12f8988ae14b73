#pragma once

#include <cstdint>
#include <iterator>
#include <vector>

#include "jobs/task/field.hpp"

namespace coxswain::jobs {

// Both strings of a contrast pair to their ends.
struct PairStrings {
  std::vector<std::int32_t> shared;        // all before they first differ
  std::vector<std::int32_t> match, other;  // the rest of x+ and of x-, as long
  std::int32_t keep_from = 0;  // the first token kept, at most shared.size()

  static auto fields(auto& self) {
    return std::tuple(keyed(self.shared), keyed(self.match), keyed(self.other),
                      keyed(self.keep_from));
  }
  bool operator==(const PairStrings&) const = default;
};

inline std::int64_t kept_rows(const PairStrings& pair) {
  return std::ssize(pair.shared) - pair.keep_from + std::ssize(pair.match) +
         std::ssize(pair.other);
}

}  // namespace coxswain::jobs
