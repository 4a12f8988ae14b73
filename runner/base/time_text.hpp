#pragma once

#include <string>

namespace coxswain::runner {

// A duration for people: "12 s", "3m05", "1h12", "2d03h"; rounded up, so that
// nothing is said to end before it does.
std::string duration_text(double seconds);
// A time of day by this host's clock: "12:31"; with the date when that is not
// today's (`now`). Both in seconds since 1970.
std::string moment_text(double time, double now);
// A time of day with seconds and no date: "12:04:31".
std::string clock_text(double time);
// A time in UTC, for files that other hosts read: "2026-11-20T12:04:31Z".
std::string utc_text(double time);

}  // namespace coxswain::runner
