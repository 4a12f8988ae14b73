#include "jobs/observation/top_contexts.hpp"

#include <algorithm>
#include <cassert>

#include "jobs/task/result_writer.hpp"

namespace coxswain::jobs {

TopContexts::TopContexts(std::int64_t features, std::int32_t most)
    : most_(static_cast<std::size_t>(most)),
      entries_(static_cast<std::size_t>(features) * most_),
      counts_(static_cast<std::size_t>(features)),
      least_(static_cast<std::size_t>(features)) {
  assert(features >= 0 && most >= 0);
}

void TopContexts::insert(std::int64_t feature, float value, TextPlace place) {
  assert(0 <= feature && feature < features());
  if (most_ == 0) return;
  const auto at = static_cast<std::size_t>(feature);
  Entry* const first = entries_.data() + at * most_;
  std::size_t& count = counts_[at];
  count = std::min(count + 1, most_);
  // Behind those that are as large: they came earlier.
  Entry* entry = first + count - 1;
  for (; entry != first && (entry - 1)->value < value; --entry) {
    *entry = *(entry - 1);
  }
  *entry = {value, place};
  if (count == most_) least_[at] = first[count - 1].value;
}

std::span<const TopContexts::Entry> TopContexts::of(
    std::int64_t feature) const {
  assert(0 <= feature && feature < features());
  const auto at = static_cast<std::size_t>(feature);
  return {entries_.data() + at * most_, counts_[at]};
}

void TopContexts::keep(storage::ArrayMap& result) const {
  std::vector<float> values;
  std::vector<TextPlace> places;
  for (const Entry& one : entries_) {
    values.push_back(one.value);
    places.push_back(one.place);
  }
  const auto most = static_cast<std::int64_t>(most_);
  put(result, activity_result::kContextValues, values, {features(), most});
  put(result, activity_result::kContextPlaces, places, {features(), most});
}

}  // namespace coxswain::jobs
