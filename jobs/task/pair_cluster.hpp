#pragma once

#include <cstdint>

#include "jobs/task/field.hpp"

namespace coxswain::jobs {

// Pairs of one cluster are drawn, or have their sides exchanged, together;
// clusters are drawn or exchanged within their stratum.
struct PairCluster {
  std::int32_t cluster = 0, stratum = 0;

  static auto fields(auto& self) {
    return std::tuple(keyed(self.cluster), keyed(self.stratum));
  }
  bool operator==(const PairCluster&) const = default;
};

}  // namespace coxswain::jobs
