#include "storage/files/digest.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <xxhash.h>

#include <array>
#include <boost/crc.hpp>
#include <cstring>
#include <memory>

#include "storage/files/file_reader.hpp"

namespace coxswain::storage {
namespace {

// SHA-256 of bytes that come piece by piece, by OpenSSL.
class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
  }
  void add(std::string_view bytes) {
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
  }
  std::string finish() {
    std::array<unsigned char, 32> sum{};
    EVP_DigestFinal_ex(context_.get(), sum.data(), nullptr);
    std::string text;
    for (const unsigned char byte : sum) text += fmt::format("{:02x}", byte);
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

using SoftwareCrc =
    boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;

#if defined(__x86_64__)
bool has_instruction() { return __builtin_cpu_supports("sse4.2") != 0; }

__attribute__((target("sse4.2"))) std::uint32_t with_instruction(
    std::uint32_t state, std::string_view bytes) {
  // Eight bytes a step by the instruction, which computes this very polynomial
  // (Castagnoli's); the rest byte by byte.
  std::uint64_t wide = state;
  while (bytes.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    wide = __builtin_ia32_crc32di(wide, word);
    bytes.remove_prefix(sizeof word);
  }
  state = static_cast<std::uint32_t>(wide);
  for (const char byte : bytes) {
    state = __builtin_ia32_crc32qi(state, static_cast<unsigned char>(byte));
  }
  return state;
}
#else
bool has_instruction() { return false; }
std::uint32_t with_instruction(std::uint32_t state, std::string_view) {
  return state;
}
#endif

}  // namespace

Key key_of(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

std::string hex(const Key& key) {
  return fmt::format("{:016x}{:016x}", key.high, key.low);
}

std::string sha256(std::string_view bytes) {
  Sha256 sum;
  sum.add(bytes);
  return sum.finish();
}

std::string sha256_of_file(const std::string& path) {
  // Models are larger than memory: large reads, and one buffer.
  constexpr std::uint64_t kBlock = 4U << 20;
  const FileReader file(path);
  std::string block;
  Sha256 sum;
  for (std::uint64_t at = 0; at < file.size(); at += block.size()) {
    block.resize(std::min(kBlock, file.size() - at));
    file.read(at, block.data(), block.size());
    sum.add(block);
  }
  return sum.finish();
}

// The state is the instruction's register, or what Boost calls the interim
// remainder: only one of them is ever used in a process.
void Crc32c::add(std::string_view bytes) {
  if (has_instruction()) {
    state_ = with_instruction(state_, bytes);
    return;
  }
  SoftwareCrc crc(state_);
  crc.process_bytes(bytes.data(), bytes.size());
  state_ = crc.get_interim_remainder();
}

std::uint32_t Crc32c::value() const {
  return has_instruction() ? ~state_ : SoftwareCrc(state_).checksum();
}

std::uint32_t crc32c(std::string_view bytes) {
  Crc32c crc;
  crc.add(bytes);
  return crc.value();
}

}  // namespace coxswain::storage
