#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace coxswain::storage {

// Little-endian encoding of small records. All hosts we build for are
// little-endian; bytes.cpp asserts it at compile time.
class ByteWriter {
 public:
  template <class T>
  void number(T value) {
    static_assert(std::is_arithmetic_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  // The bytes as they are, without a length.
  void raw(std::string_view bytes) { bytes_.append(bytes); }
  // u64 length, then the bytes.
  void text(std::string_view bytes) {
    number<std::uint64_t>(bytes.size());
    raw(bytes);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what ByteWriter wrote. Every length is checked against what is left
// before use; running over the end throws StorageError that names `what`.
class ByteReader {
 public:
  ByteReader(std::string_view bytes, std::string what);

  template <class T>
  T number() {
    static_assert(std::is_arithmetic_v<T>);
    T value;
    copy(&value, sizeof value);
    return value;
  }
  std::string_view raw(std::uint64_t length);
  std::string_view text() { return raw(number<std::uint64_t>()); }
  std::uint64_t left() const { return bytes_.size() - at_; }
  std::uint64_t position() const { return at_; }

 private:
  void copy(void* to, std::size_t length);

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::string what_;
};

}  // namespace coxswain::storage
