#include "runner/base/failure_counts.hpp"

#include <fmt/format.h>

namespace coxswain::runner {

std::string text_of(const FailureCounts& counts) {
  std::string text;
  for (const auto& [kind, n] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", n, name_of(kind));
  }
  return text;
}

}  // namespace coxswain::runner
