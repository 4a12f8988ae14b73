#include "jobs/cost/output_array.hpp"

namespace coxswain::jobs {

std::int64_t safetensors_bytes(std::initializer_list<OutputArray> arrays) {
  // {"name":{"data_offsets":[0,1],"dtype":"F64","shape":[2,3]}, about.
  constexpr std::int64_t kHeaderOfOne = 90;
  std::int64_t all = 8;
  for (const OutputArray& one : arrays) {
    all += kHeaderOfOne +
           one.count * static_cast<std::int64_t>(storage::size_of(one.dtype));
  }
  return all;
}

}  // namespace coxswain::jobs
