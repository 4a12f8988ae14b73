#include "storage/digest.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <xxhash.h>

#include <array>
#include <boost/crc.hpp>
#include <memory>

#include "storage/file_reader.hpp"

namespace coxswain::storage {
namespace {

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

std::uint32_t crc32c(std::string_view bytes, std::string_view more) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  crc.process_bytes(more.data(), more.size());
  return crc.checksum();
}

}  // namespace coxswain::storage
