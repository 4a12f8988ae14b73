#include "jobs/task/decompose_task.hpp"

#include <cstddef>

namespace coxswain::jobs {
namespace {

constexpr const char* kPartNames[] = {
    "all", "positive", "negative", "flipped", "first", "atom", "without"};

}  // namespace

const char* name_of(Part part) {
  return kPartNames[static_cast<std::size_t>(part)];
}

}  // namespace coxswain::jobs
