#include "jobs/executor/residents.hpp"

#include <algorithm>
#include <cassert>

namespace coxswain::jobs {

void Residents::begin_task() {
  for (Resident& one : all_) one.in_use = false;
}

const void* Residents::find(const std::string& key) {
  const auto found = std::ranges::find(all_, key, &Resident::key);
  if (found == all_.end()) return nullptr;
  // Nodes move, addresses stay: references that a task holds remain good.
  all_.splice(all_.begin(), all_, found);
  found->in_use = true;
  return found->what.get();
}

void Residents::make_room(std::int64_t bytes, const char* kind) {
  assert(bytes >= 0 && kind != nullptr);
  const auto of_kind = [&](const Resident& one) {
    return !one.in_use && one.kind == kind;
  };
  const auto idle = [](const Resident& one) { return !one.in_use; };
  while (this->bytes() + bytes > most_) {
    auto last = std::find_if(all_.rbegin(), all_.rend(), of_kind);
    if (last == all_.rend()) {
      last = std::find_if(all_.rbegin(), all_.rend(), idle);
    }
    // All that is left is in use: the task gets what it needs, beyond the
    // limit.
    if (last == all_.rend()) return;
    all_.erase(std::next(last).base());
  }
}

const void* Residents::add(Resident resident) {
  assert(!has(resident.key) && "what is there is found first");
  all_.push_front(std::move(resident));
  return all_.front().what.get();
}

std::int64_t Residents::bytes() const {
  std::int64_t sum = 0;
  for (const Resident& one : all_) sum += one.bytes;
  return sum;
}

bool Residents::has(const std::string& key) const {
  return std::ranges::find(all_, key, &Resident::key) != all_.end();
}

}  // namespace coxswain::jobs
