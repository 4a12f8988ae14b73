#include "analysis/page/html_looks.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "storage/files/digest.hpp"

namespace coxswain::analysis {
namespace {

// RFC 4648; `hex` has pairs of digits.
std::string base64_of_hex(const std::string& hex) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 6) {
    const std::string three = hex.substr(i, 6);
    std::uint32_t bits = 0;
    for (const char digit : three + std::string(6 - three.size(), '0')) {
      bits = bits << 4U | static_cast<std::uint32_t>(
                              std::string_view("0123456789abcdef").find(digit));
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k > three.size() / 2 ? '=' : kLetters[bits >> (18 - 6 * k) & 63U];
    }
  }
  return out;
}

}  // namespace

std::string page_policy() {
  return fmt::format(
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{}'; "
      "base-uri 'none'; form-action 'none'",
      base64_of_hex(storage::sha256(page_script())));
}

}  // namespace coxswain::analysis
