#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "storage/tensors/dtype.hpp"

namespace coxswain::jobs {

// The arrays that tasks give back are named by constants: X_result.hpp of a
// task's kind X has them, with their shapes, for who makes, reads or bills
// them.

// The kind that numbers of type T have on disk.
template <class T>
inline constexpr bool kNoSuchKind = false;
template <class T>
constexpr storage::DType dtype_of() {
  if constexpr (std::is_same_v<T, double>) {
    return storage::DType::f64;
  } else if constexpr (std::is_same_v<T, float>) {
    return storage::DType::f32;
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return storage::DType::i64;
  } else if constexpr (std::is_same_v<T, std::int32_t>) {
    return storage::DType::i32;
  } else {
    static_assert(kNoSuchKind<T>, "not a kind that results have");
  }
}

// Whether Row is an aggregate of nothing but numbers of type T: as many as fill
// it can be its members' first values, none of them narrowed.
template <class Row, class T, std::size_t... I>
constexpr bool is_row_of(std::index_sequence<I...>) {
  return requires(T number) { Row{(static_cast<void>(I), number)...}; };
}
template <class Row, class T>
inline constexpr bool kRowOf =
    sizeof(Row) % sizeof(T) == 0 &&
    is_row_of<Row, T>(std::make_index_sequence<sizeof(Row) / sizeof(T)>());

// A struct whose members are all double, all float, all std::int64_t or all
// std::int32_t.
template <class Row>
concept NumberRow = std::is_aggregate_v<Row> &&
    std::is_trivially_copyable_v<Row> && std::is_standard_layout_v<Row> &&
    (kRowOf<Row, double> || kRowOf<Row, float> || kRowOf<Row, std::int64_t> ||
     kRowOf<Row, std::int32_t>);

// What a row is made of, and how many of them.
template <NumberRow Row>
using MemberOf = std::conditional_t<
    kRowOf<Row, double>, double,
    std::conditional_t<kRowOf<Row, float>, float,
                       std::conditional_t<kRowOf<Row, std::int64_t>,
                                          std::int64_t, std::int32_t>>>;
template <NumberRow Row>
inline constexpr std::int64_t kColumnsOf = sizeof(Row) / sizeof(MemberOf<Row>);

// An array of numbers of type T.
template <class T>
struct NumbersOf {
  static constexpr storage::DType kDtype = dtype_of<T>();
  const char* name;
};

// An array whose last axis are the members of Row, in their order.
template <NumberRow Row>
struct RowsOf {
  static constexpr storage::DType kDtype = dtype_of<MemberOf<Row>>();
  static constexpr std::int64_t kColumns = kColumnsOf<Row>;
  const char* name;
};

// An array of a kind that the task says.
struct AnyNumbers {
  const char* name;
};

}  // namespace coxswain::jobs
