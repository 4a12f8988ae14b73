#include "runner/placement.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "cluster/host.hpp"
#include "storage/fault.hpp"

namespace coxswain::runner {
namespace {

// What a rank's word says: its cores, then ";" where there is no list of GPUs,
// or "=" and the list.
struct Seen {
  int rank = 0;
  bool any_list = false;
  std::vector<std::string> devices, cores;
};

// As CUDA reads it: up to the first entry that names none.
std::vector<std::string> entries_of(const std::string& list) {
  std::vector<std::string> devices;
  std::istringstream rest(list);
  for (std::string one; std::getline(rest, one, ',');) {
    if (one.empty() || one == "-1" || one == "NoDevFiles") break;
    // A GPU that is named twice is one.
    if (std::ranges::find(devices, one) == devices.end()) {
      devices.push_back(one);
    }
  }
  return devices;
}

Seen seen_by(const cluster::MpiSession::NodeRank& rank) {
  const std::size_t end = rank.word.find_first_of(";=");
  return {rank.rank, rank.word.at(end) == '=',
          entries_of(rank.word.substr(end + 1)),
          entries_of(rank.word.substr(0, end))};
}

bool overlap(const Seen& a, const Seen& b) {
  return std::ranges::any_of(a.devices, [&](const std::string& device) {
    return std::ranges::find(b.devices, device) != b.devices.end();
  });
}

std::string refusal(const Seen& mine, std::size_t workers) {
  std::string list;
  for (const std::string& one : mine.devices) {
    list += (list.empty() ? "" : ",") + one;
  }
  return storage::sentence(
      {cluster::host_name(), "CUDA_VISIBLE_DEVICES",
       list + " for " + std::to_string(workers) + " workers",
       "a GPU for each worker",
       "start fewer workers on a node, or say --share-gpus"});
}

}  // namespace

VisibleDevices devices_in(const std::string& dev) {
  const std::string prefix = "nvidia";
  int n = 0;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(dev, none)) {
    const std::string name = entry.path().filename().string();
    const bool gpu =
        name.starts_with(prefix) && name.size() > prefix.size() &&
        name.find_first_not_of("0123456789", prefix.size()) == name.npos;
    n += gpu ? 1 : 0;
  }
  if (n == 0) return std::nullopt;
  // As CUDA numbers those that it sees, whatever their files are called.
  std::string list;
  for (int i = 0; i < n; ++i) list += (i > 0 ? "," : "") + std::to_string(i);
  return list;
}

std::string word_of(const VisibleDevices& devices,
                    const std::vector<int>& cores) {
  std::string word;
  for (const int core : cores) word += std::to_string(core) + ",";
  return word + (devices ? "=" + *devices : ";");
}

Placement place_worker(int rank,
                       const std::vector<cluster::MpiSession::NodeRank>& node,
                       SharedGpus shared) {
  std::vector<Seen> workers;
  for (const auto& one : node) {
    if (one.rank != 0) workers.push_back(seen_by(one));
  }
  Placement placement;
  placement.workers = workers.size();
  std::set<std::string> cores;
  for (const Seen& one : workers) {
    cores.insert(one.cores.begin(), one.cores.end());
  }
  placement.cores = cores.size();
  const auto me = std::ranges::find(workers, rank, &Seen::rank);
  if (me == workers.end()) return placement;
  placement.index = static_cast<std::size_t>(me - workers.begin());
  if (!me->any_list || me->devices.empty()) return placement;
  const std::size_t n = me->devices.size();
  const bool all_alike = std::ranges::all_of(
      workers, [&](const Seen& one) { return one.devices == me->devices; });
  const bool taken =
      all_alike ? placement.index >= n
                : std::any_of(workers.begin(), me, [&](const Seen& one) {
                    return overlap(one, *me);
                  });
  if (taken && shared == SharedGpus::refused) {
    placement.refusal = refusal(*me, workers.size());
  } else {
    placement.device = me->devices[all_alike ? placement.index % n : 0];
  }
  return placement;
}

}  // namespace coxswain::runner
