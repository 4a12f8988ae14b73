#include "jobs/residents.hpp"

#include <algorithm>

namespace coxswain::jobs {

void Residents::begin_task() {
  for (Resident& one : all_) one.in_use = false;
}

const void* Residents::find(const std::string& key) {
  const auto found = std::ranges::find(all_, key, &Resident::key);
  if (found == all_.end()) return nullptr;
  all_.splice(all_.begin(), all_, found);
  found->in_use = true;
  return found->what.get();
}

void Residents::make_room(std::int64_t bytes) {
  while (this->bytes() + bytes > most_) {
    const auto last = std::find_if(all_.rbegin(), all_.rend(),
                                   [](const Resident& r) { return !r.in_use; });
    if (last == all_.rend()) return;
    all_.erase(std::next(last).base());
  }
}

const void* Residents::add(const std::string& key, std::int64_t bytes,
                           std::shared_ptr<const void> what) {
  all_.push_front({key, bytes, std::move(what)});
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
