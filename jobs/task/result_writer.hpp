#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "jobs/task/result_array.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::jobs {

// The bytes of an array, row-major. Throws storage::StorageError that names it
// if they are not as many as its shape says.
void put_bytes(storage::ArrayMap& result, const char* name,
               storage::DType dtype, std::vector<std::int64_t> shape,
               std::span<const std::byte> bytes);

// Numbers of this shape; rows of it, without the axis of their members. Throws
// what put_bytes() throws.
template <class T>
void put(storage::ArrayMap& result, NumbersOf<T> which,
         std::span<const std::type_identity_t<T>> values,
         std::vector<std::int64_t> shape) {
  put_bytes(result, which.name, which.kDtype, std::move(shape),
            std::as_bytes(values));
}
template <class Row>
void put(storage::ArrayMap& result, RowsOf<Row> which,
         std::span<const std::type_identity_t<Row>> rows,
         std::vector<std::int64_t> shape) {
  shape.push_back(which.kColumns);
  put_bytes(result, which.name, which.kDtype, std::move(shape),
            std::as_bytes(rows));
}

}  // namespace coxswain::jobs
