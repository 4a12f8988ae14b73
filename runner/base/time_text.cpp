#include "runner/base/time_text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>

namespace coxswain::runner {
namespace {

std::tm local(double time) {
  return fmt::localtime(static_cast<std::time_t>(std::floor(time)));
}

}  // namespace

std::string duration_text(double seconds) {
  const auto whole = static_cast<long>(std::ceil(std::max(seconds, 0.0)));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}m{:02}", whole / 60, whole % 60);
  if (whole < 86400) {
    return fmt::format("{}h{:02}", whole / 3600, whole / 60 % 60);
  }
  return fmt::format("{}d{:02}h", whole / 86400, whole / 3600 % 24);
}

std::string moment_text(double time, double now) {
  const std::tm then = local(time), today = local(now);
  const bool same =
      then.tm_yday == today.tm_yday && then.tm_year == today.tm_year;
  return same ? fmt::format("{:%H:%M}", then)
              : fmt::format("{:%Y-%m-%d %H:%M}", then);
}

std::string utc_text(double time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(static_cast<std::time_t>(std::floor(time))));
}

std::string clock_text(double time) {
  return fmt::format("{:%H:%M:%S}", local(time));
}

}  // namespace coxswain::runner
