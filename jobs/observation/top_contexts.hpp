#pragma once

#include <cassert>
#include <cstdint>
#include <span>
#include <vector>

#include "jobs/task/activity_result.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::jobs {

using activity_result::TextPlace;

// Where each feature fires most: its `most` largest values with their places,
// larger ones first, of equal ones the earlier place. Places have to come in
// order; what tasks found of texts that follow each other is put together by
// adding it in order, too.
class TopContexts {
 public:
  // A value f(h) and the token whose activation h is.
  struct Entry {
    float value = 0;
    TextPlace place;
  };

  TopContexts(std::int64_t features, std::int32_t most);

  // What is not above 0 does not fire.
  void add(std::int64_t feature, float value, TextPlace place) {
    assert(0 <= feature && feature < features());
    if (value > least_[static_cast<std::size_t>(feature)]) {
      insert(feature, value, place);
    }
  }
  std::int32_t most() const { return static_cast<std::int32_t>(most_); }
  std::int64_t features() const { return std::ssize(least_); }
  std::span<const Entry> of(std::int64_t feature) const;

  // Puts all entries into a task's result: context_values [features, most] f32
  // (0: none), context_places [features, most, 2] i32 (text, position).
  void keep(storage::ArrayMap& result) const;

 private:
  void insert(std::int64_t feature, float value, TextPlace place);

  std::size_t most_;
  std::vector<Entry> entries_;       // [features, most]
  std::vector<std::size_t> counts_;  // of each feature's entries
  std::vector<float> least_;         // what a value has to exceed
};

}  // namespace coxswain::jobs
