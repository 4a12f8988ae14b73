#pragma once

#include <string>
#include <vector>

namespace coxswain::cluster {

std::string host_name();
// "process 123 on node7": this one, for people.
std::string process_name();

// Numbers of the cores that this process may run on, ascending.
std::vector<int> cores();

}  // namespace coxswain::cluster
