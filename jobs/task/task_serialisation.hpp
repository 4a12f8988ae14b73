#pragma once

// How tasks travel between ranks (Boost.Serialization). Included only where
// messages are packed; the journal has its own layout.

#include <boost/serialization/level.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/tracking.hpp>
#include <boost/serialization/vector.hpp>
#include <cstddef>
#include <cstdint>
#include <variant>

#include "jobs/task/task.hpp"

namespace boost::serialization {

namespace jobs = coxswain::jobs;

template <class Archive>
void serialize(Archive& ar, coxswain::storage::Key& key, unsigned) {
  ar& key.high& key.low;
}

// A task, and each struct in it: all of its members.
template <class Archive, jobs::HasFields T>
void serialize(Archive& ar, T& value, unsigned) {
  jobs::for_each_field(value, [&](const auto& field) { ar& field.value; });
}

// The kind first, then the one task of that kind.
template <class Archive>
void save(Archive& ar, const jobs::Task& task, unsigned) {
  const auto kind = static_cast<std::uint8_t>(task.index());
  ar& kind;
  std::visit([&](const auto& one) { ar& one; }, task);
}

template <std::size_t I = 0, class Archive>
void load_kind(Archive& ar, jobs::Task& task, std::size_t kind) {
  if constexpr (I < std::variant_size_v<jobs::Task>) {
    if (kind != I) return load_kind<I + 1>(ar, task, kind);
    ar& task.emplace<I>();
  }
}

template <class Archive>
void load(Archive& ar, jobs::Task& task, unsigned) {
  std::uint8_t kind = 0;
  ar& kind;
  load_kind(ar, task, kind);
}

template <class Archive>
void serialize(Archive& ar, jobs::Task& task, unsigned version) {
  split_free(ar, task, version);
}

}  // namespace boost::serialization
