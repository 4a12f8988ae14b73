#include "cluster/host.hpp"

#include <unistd.h>

#include <array>

namespace coxswain::cluster {

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::string process_name() {
  return "process " + std::to_string(::getpid()) + " on " + host_name();
}

}  // namespace coxswain::cluster
