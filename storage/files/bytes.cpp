#include "storage/files/bytes.hpp"

#include <bit>
#include <cstring>

#include "storage/files/fault.hpp"

namespace coxswain::storage {

static_assert(std::endian::native == std::endian::little);

ByteReader::ByteReader(std::string_view bytes, std::string what)
    : bytes_(bytes), what_(std::move(what)) {}

std::string_view ByteReader::raw(std::uint64_t length) {
  // Compared with what is left, never at_ + length with the size: a hostile
  // length could overflow the sum.
  if (length > left()) {
    throw StorageError({what_, "byte " + std::to_string(at_),
                        std::to_string(left()) + " bytes left",
                        std::to_string(length) + " bytes",
                        "the file is cut or damaged"});
  }
  const std::string_view view = bytes_.substr(at_, length);
  at_ += length;
  return view;
}

void ByteReader::copy(void* to, std::size_t length) {
  std::memcpy(to, raw(length).data(), length);
}

}  // namespace coxswain::storage
