#include "jobs/model/tokenizers/token_text.hpp"

#include <algorithm>
#include <cassert>
#include <string_view>
#include <vector>

#include "jobs/model/tokenizers/aligned_text.hpp"
#include "storage/files/utf8.hpp"

namespace coxswain::jobs {
namespace {

constexpr const char* kReplacement = "\xEF\xBF\xBD";  // U+FFFD
// As many tokens as one character's other bytes can be.
constexpr std::int64_t kOtherBytes = 3;

// Bytes of a broken character that become one U+FFFD: those that could have
// begun a sound one (Unicode's "maximal subpart").
std::size_t broken_size(std::string_view text) {
  std::size_t n = 1;
  while (n < 3 && n < text.size()) {
    // Could more bytes make it sound?
    std::string some(text.substr(0, n + 1));
    const auto sound = [&](const char* rest) {
      return storage::character_size(some + rest) != 0;
    };
    if (!sound("\x80") && !sound("\xBF") && !sound("\x80\x80")) break;
    ++n;
  }
  return n;
}

// Bytes cut into characters.
struct Characters {
  std::string bytes;
  std::vector<std::size_t> starts;  // ascending, the end among them
  std::vector<bool> sound;          // of each but the end

  Characters(std::string all, bool byte_level) : bytes(std::move(all)) {
    for (std::size_t at = 0; at < bytes.size();) {
      const std::string_view rest = std::string_view(bytes).substr(at);
      const std::size_t size = storage::character_size(rest);
      starts.push_back(at);
      sound.push_back(size > 0);
      at += size > 0 ? size : byte_level ? broken_size(rest) : 1;
    }
    starts.push_back(bytes.size());
  }

  // The number of the character that the byte is of, or begins.
  std::size_t at_or_before(std::size_t byte) const {
    return static_cast<std::size_t>(
               std::upper_bound(starts.begin(), starts.end(), byte) -
               starts.begin()) -
           1;
  }
  std::size_t at_or_behind(std::size_t byte) const {
    return static_cast<std::size_t>(
        std::lower_bound(starts.begin(), starts.end(), byte) - starts.begin());
  }

  // The characters [first, last).
  std::string text(std::size_t first, std::size_t last) const {
    std::string out;
    for (std::size_t i = first; i < last; ++i) {
      out += sound[i] ? bytes.substr(starts[i], starts[i + 1] - starts[i])
                      : kReplacement;
    }
    return out;
  }
};

// The bytes of a token; of the first one without the space put before texts.
std::string bytes_of(const Tokenizer& tokenizer, std::int32_t id, bool first) {
  std::string piece = token_bytes(tokenizer, id);
  if (!first) return piece;
  switch (tokenizer.decoding().first_space) {
    case FirstSpace::kept:
      break;
    case FirstSpace::dropped:
      if (piece.starts_with(' ')) piece.erase(0, 1);
      break;
    case FirstSpace::dropped_of_token:
      std::erase(piece, ' ');
      break;
  }
  return piece;
}

}  // namespace

std::string token_bytes(const Tokenizer& tokenizer, std::int32_t id) {
  AlignedText text(tokenizer.piece(id));
  text.replace_all(tokenizer.decoding().space, " ");
  return text.text();
}

std::string decode(const Tokenizer& tokenizer,
                   std::span<const std::int32_t> ids) {
  std::string bytes;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    bytes += bytes_of(tokenizer, ids[i], i == 0);
  }
  const Characters all(std::move(bytes), tokenizer.decoding().byte_level);
  return all.text(0, all.sound.size());
}

TokenInText token_in_text(const Tokenizer& tokenizer,
                          std::span<const std::int32_t> ids,
                          std::int64_t position, const TokensAround& around) {
  const std::int64_t n = std::ssize(ids);
  assert(0 <= position && position < n);
  const std::int64_t first =
      std::max<std::int64_t>(position - around.before, 0);
  const std::int64_t last = std::min(position + 1 + around.after, n);
  // A character may begin before the first token, or end behind the last.
  const std::int64_t begin = std::max<std::int64_t>(first - kOtherBytes, 0);
  const std::int64_t end = std::min(last + kOtherBytes, n);
  std::string bytes;
  std::vector<std::size_t> starts;
  for (std::int64_t i = begin; i < end; ++i) {
    starts.push_back(bytes.size());
    bytes += bytes_of(tokenizer, ids[static_cast<std::size_t>(i)], i == 0);
  }
  starts.push_back(bytes.size());
  const auto start_of = [&](std::int64_t i) {
    return starts[static_cast<std::size_t>(i - begin)];
  };
  const Characters all(std::move(bytes), tokenizer.decoding().byte_level);
  const std::size_t token = all.at_or_before(start_of(position));
  const std::size_t behind =
      std::max(token, all.at_or_behind(start_of(position + 1)));
  return {all.text(all.at_or_before(start_of(first)), token),
          all.text(token, behind),
          all.text(behind, std::max(behind, all.at_or_behind(start_of(last))))};
}

}  // namespace coxswain::jobs
