#include "runner/schedule/ready_tasks.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>

namespace coxswain::runner {

bool ReadyTasks::Key::operator<(const Key& other) const {
  // The larger comes first, then the lower number.
  return std::tie(other.first, other.second, group) <
         std::tie(first, second, other.group);
}

ReadyTasks::Key ReadyTasks::key_of(std::uint32_t index, const Group& group) {
  if (group.workers > 0) {
    return {group.work / static_cast<double>(group.workers), 0, index};
  }
  double chain = 0;
  if (!group.fresh.empty()) chain = group.fresh.begin()->chain;
  for (const auto& [failed, queue] : group.failed) {
    chain = std::max(chain, queue.begin()->chain);
  }
  return {chain, group.work, index};
}

void ReadyTasks::change(std::uint32_t group,
                        const std::function<void(Group&)>& how) {
  assert(group < groups_.size());
  Group& one = groups_[group];
  if (one.key) order_of(one).erase(*one.key);
  one.key.reset();
  how(one);
  if (group == 0 || one.tasks == 0) return;
  one.key = key_of(group, one);
  order_of(one).insert(*one.key);
}

void ReadyTasks::insert(const ReadyTask& task, const FailedOn& failed) {
  assert(task.work > 0);
  assert(std::is_sorted(failed.begin(), failed.end()));
  ++size_;
  change(task.group, [&](Group& group) {
    (failed.empty() ? group.fresh : group.failed[failed]).insert(task);
    group.work += task.work;
    ++group.tasks;
  });
}

void ReadyTasks::erase(const ReadyTask& task, const FailedOn& failed) {
  assert(size_ > 0 && groups_[task.group].tasks > 0);
  --size_;
  change(task.group, [&](Group& group) {
    if (failed.empty()) {
      group.fresh.erase(task);
    } else {
      const auto queue = group.failed.find(failed);
      assert(queue != group.failed.end() && "as it was inserted");
      queue->second.erase(task);
      if (queue->second.empty()) group.failed.erase(queue);
    }
    group.work -= task.work;
    if (--group.tasks == 0) group.work = 0;  // no rounding is carried along
  });
}

void ReadyTasks::arrive(std::uint32_t group) {
  change(group, [](Group& one) { ++one.workers; });
}

void ReadyTasks::leave(std::uint32_t group) {
  change(group, [](Group& one) {
    assert(one.workers > 0);
    --one.workers;
  });
}

std::optional<ReadyTask> ReadyTasks::best(std::uint32_t group,
                                          const Allowed& allowed) const {
  assert(group < groups_.size());
  const Group& one = groups_[group];
  std::optional<ReadyTask> best;
  if (!one.fresh.empty()) best = *one.fresh.begin();
  for (const auto& [failed, queue] : one.failed) {
    if ((!best || *queue.begin() < *best) && allowed(failed)) {
      best = *queue.begin();
    }
  }
  return best;
}

std::optional<ReadyTask> ReadyTasks::first_of(const std::set<Key>& order,
                                              const Allowed& allowed) const {
  // Groups are passed over only if all that is ready in them failed on the
  // worker that asks.
  for (const Key& key : order) {
    if (auto task = best(key.group, allowed)) return task;
  }
  return std::nullopt;
}

std::optional<ReadyTask> ReadyTasks::best_unclaimed(
    const Allowed& allowed) const {
  return first_of(unclaimed_, allowed);
}

std::optional<ReadyTask> ReadyTasks::best_claimed(
    const Allowed& allowed) const {
  return first_of(claimed_, allowed);
}

}  // namespace coxswain::runner
