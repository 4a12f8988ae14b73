#include "storage/run/failure_kind.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace coxswain::storage {
namespace {

constexpr std::string_view kNames[] = {"unknown", "input", "numbers", "memory",
                                       "device",  "files", "lost"};

}  // namespace

std::string_view name_of(FailureKind kind) {
  assert(static_cast<std::size_t>(kind) < std::size(kNames));
  return kNames[static_cast<std::size_t>(kind)];
}

FailureKind failure_kind_of(std::string_view name) {
  const auto* const found = std::ranges::find(kNames, name);
  return found == std::end(kNames)
             ? FailureKind::unknown
             : static_cast<FailureKind>(found - std::begin(kNames));
}

}  // namespace coxswain::storage
