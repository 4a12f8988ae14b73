#include "runner/base/output_columns.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace coxswain::runner {
namespace {

constexpr std::size_t kUnknown = 80, kFewest = 40;

// 0 of what is no number.
std::size_t number_in(const char* text) {
  if (text == nullptr) return 0;
  const std::string_view digits(text);
  std::size_t number = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = end == digits.data() + digits.size();
  return whole && error == std::errc() ? number : 0;
}

}  // namespace

std::size_t output_columns(const char* columns, std::size_t terminal) {
  const std::size_t said = number_in(columns);
  const std::size_t known = said > 0 ? said : terminal;
  return known > 0 ? std::max(known, kFewest) : kUnknown;
}

std::size_t output_columns() {
  return output_columns(std::getenv("COLUMNS"),
                        terminal_columns(STDOUT_FILENO));
}

std::size_t terminal_columns(int descriptor) {
  winsize size{};
  const bool known =
      ::isatty(descriptor) == 1 && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0;
  return known ? size.ws_col : 0;
}

}  // namespace coxswain::runner
