#pragma once

#include <cstdint>
#include <vector>

#include "jobs/task/field.hpp"

namespace coxswain::jobs {

// Both strings of a contrast pair: they share tokens up to the read position.
struct ContrastTokens {
  std::vector<std::int32_t> shared;  // all before the read position; the last
                                     // one predicts the answer
  std::int32_t token_match = 0;      // at the read position of x+
  std::int32_t token_other = 0;      // of x-
  std::int32_t steer_from = 0;       // first steered index in `shared`
  std::int8_t letter_sign = 0;  // +1: A (the first) matches, -1: B, 0: none

  static auto fields(auto& self) {
    return std::tuple(keyed(self.shared), keyed(self.token_match),
                      keyed(self.token_other), where_steered(self.steer_from),
                      keyed(self.letter_sign));
  }
  bool operator==(const ContrastTokens&) const = default;
};

}  // namespace coxswain::jobs
