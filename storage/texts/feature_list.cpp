#include "storage/texts/feature_list.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "storage/files/fault.hpp"
#include "storage/texts/text_file.hpp"

namespace coxswain::storage {
namespace {

constexpr std::size_t kMostBytes = 1U << 20;

[[noreturn]] void refuse(const std::string& where, const std::string& found) {
  throw StorageError({where, "features", found,
                      "1 to " + std::to_string(kMostListed) +
                          " different numbers from 0, apart by commas, spaces "
                          "or lines",
                      ""});
}

// What stands there up to the next separator, or its beginning.
std::string word_at(const std::string& text, std::size_t at) {
  constexpr std::size_t kShown = 20;
  const std::string some = text.substr(at, kShown);
  return some.substr(0, some.find_first_of(", \t\r\n#"));
}

bool separates(char one) {
  return one == ',' || std::isspace(static_cast<unsigned char>(one)) != 0;
}

}  // namespace

std::vector<std::int64_t> feature_list(const std::string& text,
                                       const std::string& where) {
  std::vector<std::int64_t> features;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '#') {
      i = std::min(text.find('\n', i), text.size());
      continue;
    }
    if (separates(text[i])) {
      ++i;
      continue;
    }
    std::int32_t number = -1;
    const auto [end, error] =
        std::from_chars(text.data() + i, text.data() + text.size(), number);
    const auto next = static_cast<std::size_t>(end - text.data());
    const bool ends =
        next == text.size() || text[next] == '#' || separates(text[next]);
    if (error != std::errc() || number < 0 || !ends) {
      refuse(where, "\"" + word_at(text, i) + "\"");
    }
    features.push_back(number);
    if (features.size() > kMostListed) refuse(where, "more of them");
    i = next;
  }
  std::ranges::sort(features);
  const auto same = std::ranges::adjacent_find(features);
  if (same != features.end()) refuse(where, std::to_string(*same) + " twice");
  if (features.empty()) refuse(where, "none");
  return features;
}

std::vector<std::int64_t> read_feature_list(const std::string& path) {
  TextFile file(path);
  std::string text, line;
  while (file.next(line)) {
    text += line + '\n';
    if (text.size() > kMostBytes) refuse(path, "more than a mebibyte of text");
  }
  return feature_list(text, path);
}

}  // namespace coxswain::storage
