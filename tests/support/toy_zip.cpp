#include "tests/support/toy_zip.hpp"

#include "storage/files/bytes.hpp"

namespace coxswain::tests {
namespace {

std::uint32_t crc32(const std::string& bytes) {
  std::uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      crc = crc >> 1 ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
    }
  }
  return ~crc;
}

// What a local header and the directory have in common.
void describe(storage::ByteWriter& out, const ToyMember& member) {
  const std::string& unpacked =
      member.unpacked.empty() ? member.data : member.unpacked;
  out.number<std::uint16_t>(20);  // version needed
  out.number(member.flags);
  out.number(member.method);
  out.number<std::uint32_t>(0x21 << 16);  // 1 January 1980
  out.number(crc32(unpacked) ^ member.crc_change);
  out.number(static_cast<std::uint32_t>(member.data.size()));
  out.number(static_cast<std::uint32_t>(
      member.size < 0 ? static_cast<std::int64_t>(unpacked.size())
                      : member.size));
  out.number(static_cast<std::uint16_t>(member.name.size()));
  out.number<std::uint16_t>(0);  // extra field
}

}  // namespace

std::string toy_zip(const std::vector<ToyMember>& members) {
  std::string files;
  storage::ByteWriter directory;
  for (const ToyMember& member : members) {
    directory.raw(std::string("PK\1\2\24\0", 6));
    describe(directory, member);
    for (int zero = 0; zero < 5; ++zero) directory.number<std::uint16_t>(0);
    directory.number(static_cast<std::uint32_t>(files.size()));
    directory.raw(member.name);
    storage::ByteWriter local;
    local.raw("PK\3\4");
    describe(local, member);
    local.raw(member.name);
    local.raw(member.data);
    files += local.take();
  }
  const std::string listed = directory.take();
  storage::ByteWriter end;
  end.raw(std::string("PK\5\6\0\0\0\0", 8));
  end.number(static_cast<std::uint16_t>(members.size()));
  end.number(static_cast<std::uint16_t>(members.size()));
  end.number(static_cast<std::uint32_t>(listed.size()));
  end.number(static_cast<std::uint32_t>(files.size()));
  end.number<std::uint16_t>(0);
  return files + listed + end.take();
}

}  // namespace coxswain::tests
