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

// Whether workers of a node may outnumber its GPUs.
enum class SharedGpus : std::uint8_t { refused, allowed };

// What a worker is to have of its node's GPUs.
struct GpuRules {
  SharedGpus shared = SharedGpus::refused;
  int per_worker = 1;
};

// Which of its node's GPUs a worker takes.
struct Placement {
  VisibleDevices device;    // "2", "0,1"; none: the process takes what it sees
  std::string uuids;        // of these, if they are known: "GPU-..,GPU-.."
  std::string refusal;      // why it must not compute, or empty
  std::size_t workers = 0;  // on the node, and which of them it is, from 0
  std::size_t index = 0;
  std::size_t cores = 0;  // that any of the node's workers may run on
};

// The GPUs of this rank, all of whose node's ranks have told what they see. If
// all see the same GPUs, workers take one each (or so many), in order; a
// launcher that gave each its own is believed. Rank 0 computes nothing and
// takes none. Nobody shares a GPU unless that is allowed.
Placement place_worker(int rank,
                       const std::vector<cluster::MpiSession::NodeRank>& node,
                       const GpuRules& rules);

// Lists may lie: a launcher that shows each rank one GPU alone calls all of
// them "0". Once every rank has said the UUIDs of what it took (rank 0 and
// those that know none: ""), these decide who must not compute.
void judge_by_uuids(int rank,
                    const std::vector<cluster::MpiSession::NodeRank>& uuids,
                    const GpuRules& rules, Placement& placement);

// For people: "2 (GPU-...)".
std::string gpu_text(const Placement& placement);

// What on_this_node() is to be told: GPUs and the numbers of cores.
std::string word_of(const VisibleDevices& devices,
                    const std::vector<int>& cores);

}  // namespace coxswain::runner
