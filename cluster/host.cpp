#include "cluster/host.hpp"

#include <sched.h>
#include <unistd.h>

#include <array>

namespace coxswain::cluster {

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::vector<int> cores() {
  cpu_set_t set;
  std::vector<int> numbers;
  if (::sched_getaffinity(0, sizeof(set), &set) != 0) return numbers;
  for (int i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(static_cast<std::size_t>(i), &set)) numbers.push_back(i);
  }
  return numbers;
}

std::string process_name() {
  return "process " + std::to_string(::getpid()) + " on " + host_name();
}

}  // namespace coxswain::cluster
