#include "runner/sweep/choice_axes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace coxswain::runner {

std::string line_of(const CellChoice& choice) {
  std::string text;
  for_each_axis(choice, [&](const char* key, const auto& values) {
    if (values.empty()) return;
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", key,
                        fmt::join(values, ","));
  });
  return text;
}

}  // namespace coxswain::runner
