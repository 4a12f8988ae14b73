#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace coxswain::tests {

// A member of a zip archive made by hand, so that it can lie.
struct ToyMember {
  std::string name;
  std::string data;              // as it stands in the file
  std::uint16_t method = 0;      // 0 stored, 8 deflated
  std::int64_t size = -1;        // unpacked; -1: the true one
  std::uint16_t flags = 0;       // 1: encrypted
  std::uint32_t crc_change = 0;  // 0: the right checksum
  std::string unpacked = {};     // empty: as `data`
};

std::string toy_zip(const std::vector<ToyMember>& members);

}  // namespace coxswain::tests
