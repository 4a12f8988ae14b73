#pragma once

#include <cstdint>

namespace coxswain::jobs {

// Which way a variant is added. Numbers are part of task keys: never renumber.
enum class SignRule : std::uint8_t { fixed, matching_letter };

}  // namespace coxswain::jobs
