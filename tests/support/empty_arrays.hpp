#pragma once

#include "storage/results/results_file.hpp"

namespace coxswain::tests {

// The arrays that results have to have to be written, but are not there: empty.
inline void add_empty_arrays(storage::Results& results) {
  for (const storage::ResultArray& one : storage::result_arrays()) {
    results.arrays.try_emplace(one.name,
                               storage::Array{storage::DType::f32, {0}, ""});
  }
}

}  // namespace coxswain::tests
