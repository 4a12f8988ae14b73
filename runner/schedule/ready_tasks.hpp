#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace coxswain::runner {

// What of a task decides when it is leased.
struct ReadyTask {
  std::uint32_t rank = 0;  // along the critical path, 0 first
  std::uint32_t task = 0;
  std::uint32_t group = 0;
  double chain = 0;  // cost from it on
  double work = 0;   // its own cost, never 0

  bool operator<(const ReadyTask& other) const { return rank < other.rank; }
};

// Workers that failed a task, in order.
using FailedOn = std::vector<int>;

// The tasks that could be leased now, in groups that need the same model or SAE
// loaded (group 0 needs nothing), and how many workers have each group loaded.
// Every call is logarithmic in tasks and groups.
class ReadyTasks {
 public:
  explicit ReadyTasks(std::size_t groups) : groups_(groups) {}

  // A task's `failed` does not change between insert and erase.
  void insert(const ReadyTask& task, const FailedOn& failed);
  void erase(const ReadyTask& task, const FailedOn& failed);
  std::size_t size() const { return size_; }

  // A worker has the group loaded from now on; no longer.
  void arrive(std::uint32_t group);
  void leave(std::uint32_t group);
  std::size_t workers(std::uint32_t group) const {
    return groups_[group].workers;
  }

  // Whether a worker may have a task that failed on some.
  using Allowed = std::function<bool(const FailedOn&)>;
  // The first allowed one by rank; none.
  std::optional<ReadyTask> best(std::uint32_t group,
                                const Allowed& allowed) const;
  // The first of the group with the longest chain that nobody has loaded; of
  // equal ones that with most work.
  std::optional<ReadyTask> best_unclaimed(const Allowed& allowed) const;
  // The first of the group with most work per worker that has it loaded.
  std::optional<ReadyTask> best_claimed(const Allowed& allowed) const;

 private:
  using Queue = std::set<ReadyTask>;
  // The order of groups: by two sizes, the larger first, then by number.
  struct Key {
    double first = 0, second = 0;
    std::uint32_t group = 0;
    bool operator<(const Key& other) const;
  };
  // Ready tasks that need one thing loaded. Those that failed stand apart, so
  // that a worker finds the first that it may have without a search.
  struct Group {
    Queue fresh;                       // never failed
    std::map<FailedOn, Queue> failed;  // by who failed them
    double work = 0;
    std::size_t tasks = 0, workers = 0;
    std::optional<Key> key;  // in claimed_ or unclaimed_
  };

  void change(std::uint32_t group, const std::function<void(Group&)>& how);
  std::set<Key>& order_of(const Group& group) {
    return group.workers > 0 ? claimed_ : unclaimed_;
  }
  static Key key_of(std::uint32_t index, const Group& group);
  std::optional<ReadyTask> first_of(const std::set<Key>& order,
                                    const Allowed& allowed) const;

  std::vector<Group> groups_;
  std::set<Key> claimed_, unclaimed_;  // groups with tasks, without group 0
  std::size_t size_ = 0;
};

}  // namespace coxswain::runner
