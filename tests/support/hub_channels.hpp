#pragma once

#include <memory>
#include <vector>

#include "cluster/channel.hpp"

namespace coxswain::tests {

// The ends of `ranks` processes in one: messages arrive at once and in order.
std::vector<std::unique_ptr<cluster::Channel>> hub_channels(int ranks);

}  // namespace coxswain::tests
