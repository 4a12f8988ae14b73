#pragma once

#include <string>

namespace coxswain::runner {

// "12 s", "3m05", "1h12", "2d03h": rounded up.
std::string spelled_seconds(double seconds);
// Of the day, by this host's clock: "12:31"; with the date when that is not
// today's (`now`). Both in seconds since 1970.
std::string spelled_time(double time, double now);
// "12:04:31".
std::string spelled_clock(double time);
// "2026-11-20T12:04:31Z".
std::string spelled_utc(double time);

}  // namespace coxswain::runner
