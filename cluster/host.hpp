#pragma once

#include <string>

namespace coxswain::cluster {

std::string host_name();
// "process 123 on node7": this one, for people.
std::string process_name();

}  // namespace coxswain::cluster
