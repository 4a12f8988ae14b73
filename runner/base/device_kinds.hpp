#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace coxswain::runner {

// Whether a run may compute on devices (libraries, threads) of several kinds.
// Equal bytes are promised for one.
enum class DeviceKinds : std::uint8_t { one, several };

// A journal's `numerics` is one such kind a line, in the order of the alphabet:
// so that a mixed run says the same whoever came first.
std::vector<std::string> kinds_of(const std::string& numerics);
std::string with_kind(const std::string& numerics, const std::string& kind);

}  // namespace coxswain::runner
