#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>

namespace coxswain::jobs {

// Whether a member is part of a task's key. Keys identify results on disk: a
// member's choice never changes without a new version of the kinds it is in.
enum class InKey : std::uint8_t {
  yes,
  no,  // the result is the same without it: a path, or a digest tells it better
  uncounted,      // a list, element after element but not how many there are
  as_read,        // a list of pairs, uncounted, without where they are steered
  where_steered,  // yes, but not of pairs that are only read
};

// A member of a struct that tasks consist of.
template <class T>
struct Field {
  T& value;
  InKey in_key;
};

template <class T>
Field<T> keyed(T& value) {
  return {value, InKey::yes};
}
template <class T>
Field<T> keyed_if(bool condition, T& value) {
  return {value, condition ? InKey::yes : InKey::no};
}
template <class T>
Field<T> unkeyed(T& value) {
  return {value, InKey::no};
}
template <class T>
concept List = requires(T& value) {
  value.begin();
};

template <List T>
Field<T> uncounted(T& value) {
  return {value, InKey::uncounted};
}
template <List T>
Field<T> as_read(T& value) {
  return {value, InKey::as_read};
}
template <class T>
Field<T> where_steered(T& value) {
  return {value, InKey::where_steered};
}

// A struct that lists its members: fields(self) is a tuple of one Field each,
// in the order in which they are declared. Keys, messages and tests follow it.
template <class T>
concept HasFields = requires(T& value) {
  T::fields(value);
};

// Stands in for a member of any type.
struct AnyMember {
  template <class T>
  operator T() const;  // NOLINT: implicit, as members are given
};

// How many members an aggregate can be given.
template <class T, class... Members>
consteval std::size_t count_members() {
  if constexpr (requires { T{Members{}..., AnyMember{}}; }) {
    return count_members<T, Members..., AnyMember>();
  } else {
    return sizeof...(Members);
  }
}

// Calls visit(Field) for each member in turn.
template <class T, class Visit>
void for_each_field(T& value, const Visit& visit) {
  const auto fields = std::remove_const_t<T>::fields(value);
  static_assert(std::tuple_size_v<std::remove_const_t<decltype(fields)>> ==
                    count_members<std::remove_const_t<T>>(),
                "fields() does not list every member of the struct");
  std::apply([&](const auto&... field) { (visit(field), ...); }, fields);
}

}  // namespace coxswain::jobs
