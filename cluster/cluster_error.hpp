#pragma once

#include <stdexcept>

namespace coxswain::cluster {

// The message layer refused or broke.
class ClusterError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace coxswain::cluster
