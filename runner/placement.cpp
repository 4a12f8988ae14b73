#include "runner/placement.hpp"

#include <algorithm>
#include <sstream>

#include "cluster/host.hpp"
#include "storage/fault.hpp"

namespace coxswain::runner {
namespace {

// "-" for none at all, else "=" and the list.
constexpr const char* kNotSet = "-";

struct Seen {
  int rank = 0;
  bool any_list = false;
  std::vector<std::string> devices;
};

// As CUDA reads it: up to the first entry that names none.
std::vector<std::string> entries_of(const std::string& list) {
  std::vector<std::string> devices;
  std::istringstream rest(list);
  for (std::string one; std::getline(rest, one, ',');) {
    if (one.empty() || one == "-1" || one == "NoDevFiles") break;
    devices.push_back(one);
  }
  return devices;
}

Seen seen_by(const cluster::MpiSession::NodeRank& rank) {
  if (rank.word == kNotSet) return {rank.rank, false, {}};
  return {rank.rank, true, entries_of(rank.word.substr(1))};
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

std::string word_of(const VisibleDevices& devices) {
  return devices ? "=" + *devices : kNotSet;
}

Placement place_worker(int rank,
                       const std::vector<cluster::MpiSession::NodeRank>& node,
                       SharedGpus shared) {
  std::vector<Seen> workers;
  for (const auto& one : node) {
    if (one.rank != 0) workers.push_back(seen_by(one));
  }
  const auto me = std::ranges::find(workers, rank, &Seen::rank);
  if (me == workers.end() || !me->any_list || me->devices.empty()) return {};
  const auto index = static_cast<std::size_t>(me - workers.begin());
  const std::size_t n = me->devices.size();
  const bool all_alike = std::ranges::all_of(
      workers, [&](const Seen& one) { return one.devices == me->devices; });
  if (all_alike) {
    if (index >= n && shared == SharedGpus::refused) {
      return {std::nullopt, refusal(*me, workers.size())};
    }
    return {me->devices[index % n], ""};
  }
  const bool first_of_its_own = std::none_of(
      workers.begin(), me, [&](const Seen& one) { return overlap(one, *me); });
  if (!first_of_its_own && shared == SharedGpus::refused) {
    return {std::nullopt, refusal(*me, workers.size())};
  }
  return {me->devices.front(), ""};
}

}  // namespace coxswain::runner
