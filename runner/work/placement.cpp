#include "runner/work/placement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <filesystem>
#include <set>
#include <sstream>

#include "cluster/host.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

// What a rank's word says: its cores, then ";" where there is no list of GPUs,
// or "=" and the list.
struct Seen {
  int rank = 0;
  bool any_list = false;
  std::vector<std::string> devices, cores;
};

// A list of GPUs as CUDA reads it: up to the first entry that names none.
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
  assert(end != std::string::npos && "a word of word_of()");
  return {rank.rank, rank.word.at(end) == '=',
          entries_of(rank.word.substr(end + 1)),
          entries_of(rank.word.substr(0, end))};
}

bool overlap(const Seen& a, const Seen& b) {
  return std::ranges::any_of(a.devices, [&](const std::string& device) {
    return std::ranges::find(b.devices, device) != b.devices.end();
  });
}

std::string joined(const std::vector<std::string>& all, std::size_t first,
                   std::size_t n) {
  assert(first + n <= all.size());
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
  return fmt::format(
      "{}", fmt::join(begin, begin + static_cast<std::ptrdiff_t>(n), ","));
}

std::string refusal(const std::string& found, const std::string& expected) {
  return storage::sentence(
      {cluster::host_name(), "CUDA_VISIBLE_DEVICES", found, expected,
       "start fewer workers on a node, or say --share-gpus"});
}

std::string too_few(const Seen& mine, std::size_t workers, std::size_t each) {
  return refusal(joined(mine.devices, 0, mine.devices.size()) + " for " +
                     std::to_string(workers) + " workers",
                 each == 1 ? "a GPU for each worker"
                           : std::to_string(each) + " GPUs for each worker");
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
  // CUDA numbers the GPUs that it sees from 0, whatever their files are called.
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
                       const GpuRules& rules) {
  assert(rules.per_worker >= 1);
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
  const auto each = static_cast<std::size_t>(rules.per_worker);
  const std::size_t shares = me->devices.size() / each;  // of the list
  const bool all_alike = std::ranges::all_of(
      workers, [&](const Seen& one) { return one.devices == me->devices; });
  const bool taken =
      all_alike ? placement.index >= shares
                : std::any_of(workers.begin(), me, [&](const Seen& one) {
                    return overlap(one, *me);
                  });
  if (shares == 0 || (taken && rules.shared == SharedGpus::refused)) {
    placement.refusal = too_few(*me, workers.size(), each);
  }
  if (shares > 0) {
    placement.device = joined(
        me->devices, all_alike ? placement.index % shares * each : 0, each);
  }
  return placement;
}

void judge_by_uuids(int rank,
                    const std::vector<cluster::MpiSession::NodeRank>& uuids,
                    const GpuRules& rules, Placement& placement) {
  const auto me =
      std::ranges::find(uuids, rank, &cluster::MpiSession::NodeRank::rank);
  if (me == uuids.end() || me->word.empty() || !placement.device) return;
  placement.uuids = me->word;
  placement.refusal.clear();
  if (rules.shared == SharedGpus::allowed) return;
  const std::vector<std::string> mine = entries_of(me->word);
  for (auto other = uuids.begin(); other != me; ++other) {
    const std::vector<std::string> theirs = entries_of(other->word);
    for (const std::string& one : mine) {
      if (std::ranges::find(theirs, one) == theirs.end()) continue;
      placement.refusal = refusal(
          one + ", which worker " + std::to_string(other->rank) + " has",
          "a GPU of its own");
    }
  }
}

std::string gpu_text(const Placement& placement) {
  const std::string device = placement.device.value_or("");
  if (placement.uuids.empty()) return device;
  return device.empty() ? placement.uuids
                        : device + " (" + placement.uuids + ")";
}

}  // namespace coxswain::runner
