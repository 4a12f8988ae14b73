#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cluster/mpi_session.hpp"

namespace coxswain::runner {

// CUDA_VISIBLE_DEVICES as a process found it: "0,1", "GPU-uuid", ""; none if it
// isn't set, as in a job that asked for no GPU.
using VisibleDevices = std::optional<std::string>;

// The GPUs of a host by their files in `dev` (/dev): where nobody has chosen
// among them, all are there to be used. None without any.
VisibleDevices devices_in(const std::string& dev);

enum class SharedGpus : std::uint8_t { refused, allowed };

// Which of its node's GPUs a worker takes.
struct Placement {
  VisibleDevices device;    // the one; none: the process takes what it sees
  std::string refusal;      // why it must not compute, or empty
  std::size_t workers = 0;  // on the node, and which of them it is, from 0
  std::size_t index = 0;
  std::size_t cores = 0;  // that any of the node's workers may run on
};

// Of this rank, all of whose node's ranks have told what they see. If all see
// the same GPUs, workers take one each, in order; a launcher that gave each its
// own is believed. Rank 0 computes nothing and takes none. Nobody shares a GPU
// unless that is allowed.
Placement place_worker(int rank,
                       const std::vector<cluster::MpiSession::NodeRank>& node,
                       SharedGpus shared);

// What on_this_node() is to be told: GPUs and the numbers of cores.
std::string word_of(const VisibleDevices& devices,
                    const std::vector<int>& cores);

}  // namespace coxswain::runner
