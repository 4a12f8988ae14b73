#include "runner/sweep/known_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runner/sweep/table_reader.hpp"

namespace coxswain::runner {

std::string one_of(const std::set<std::string>& known,
                   const std::string& name) {
  constexpr std::size_t kFew = 12;
  if (known.empty()) return "none: the sweep has no such thing";
  if (known.size() <= kFew) {
    return fmt::format("one of {}", fmt::join(known, ", "));
  }
  return "one that the sweep has, such as " +
         *std::ranges::min_element(known, {}, [&](const std::string& one) {
           return distance(one, name);
         });
}

}  // namespace coxswain::runner
