#pragma once

#include <string>

namespace coxswain::cluster {

std::string host_name();

}  // namespace coxswain::cluster
