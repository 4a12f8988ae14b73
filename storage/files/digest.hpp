#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace coxswain::storage {

// 128-bit content key (XXH3) of a cell or task. Not cryptographic: it tells
// honest things apart; files are identified by SHA-256.
struct Key {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const Key&) const = default;
};

Key key_of(std::string_view bytes);
std::string hex(const Key& key);  // 32 digits

std::string sha256(std::string_view bytes);  // 64 hexadecimal digits
// Reads the whole file in large blocks. Throws StorageError if it can't.
std::string sha256_of_file(const std::string& path);

// CRC-32C (Castagnoli), piece by piece; by the processor's own instruction
// where there is one.
class Crc32c {
 public:
  void add(std::string_view bytes);
  std::uint32_t value() const;

 private:
  std::uint32_t state_ = 0xFFFFFFFF;
};

std::uint32_t crc32c(std::string_view bytes);

}  // namespace coxswain::storage
