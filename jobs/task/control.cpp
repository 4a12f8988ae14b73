#include "jobs/task/control.hpp"

#include <cstddef>

namespace coxswain::jobs {
namespace {

constexpr const char* kControlNames[] = {
    "none",     "zero",  "random", "planted",     "covariance",
    "shuffled", "other", "sparse", "decoder-row", "resampled"};

}  // namespace

const char* name_of(Control control) {
  return kControlNames[static_cast<std::size_t>(control)];
}

}  // namespace coxswain::jobs
