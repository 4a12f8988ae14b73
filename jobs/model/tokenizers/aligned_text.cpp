#include "jobs/model/tokenizers/aligned_text.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "jobs/model/tokenizers/unicode.hpp"

namespace coxswain::jobs {
namespace {

constexpr std::size_t kFirstSpare = 0x100;

// GPT-2 writes each byte as one printable character: printable Latin-1 as
// itself, the other 68 bytes as U+0100 onwards in byte order.
std::array<std::int32_t, 256> character_of_byte() {
  std::array<std::int32_t, 256> characters{};
  std::int32_t next = kFirstSpare;
  for (std::int32_t byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 0x21 && byte <= 0x7e) ||
                           (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    characters[static_cast<std::size_t>(byte)] = printable ? byte : next++;
  }
  return characters;
}

const std::array<std::int32_t, 256>& alphabet() {
  static const std::array<std::int32_t, 256> kAlphabet = character_of_byte();
  return kAlphabet;
}

}  // namespace

AlignedText::AlignedText(std::string_view original) {
  for (std::size_t at = 0; at < original.size();) {
    const std::uint32_t length = code_point_at(original, at).length;
    append(original.substr(at, length),
           {static_cast<std::uint32_t>(at),
            static_cast<std::uint32_t>(at) + length});
    at += length;
  }
}

void AlignedText::append(std::string_view bytes, Origin origin) {
  text_ += bytes;
  origins_.resize(text_.size(), origin);
}

AlignedText AlignedText::slice(std::size_t begin, std::size_t end) const {
  assert(begin <= end && end <= text_.size());
  AlignedText part;
  part.text_ = text_.substr(begin, end - begin);
  part.origins_.assign(origins_.begin() + static_cast<std::ptrdiff_t>(begin),
                       origins_.begin() + static_cast<std::ptrdiff_t>(end));
  return part;
}

void AlignedText::prepend(std::string_view added) {
  if (text_.empty()) return;
  text_.insert(0, added);
  origins_.insert(origins_.begin(), added.size(), origins_.front());
}

void AlignedText::replace_all(std::string_view from, std::string_view to) {
  if (from.empty()) return;
  AlignedText out;
  std::size_t at = 0;
  for (;;) {
    const std::size_t found = text_.find(from, at);
    const std::size_t end = std::min(found, text_.size());
    out.text_.append(text_, at, end - at);
    out.origins_.insert(out.origins_.end(),
                        origins_.begin() + static_cast<std::ptrdiff_t>(at),
                        origins_.begin() + static_cast<std::ptrdiff_t>(end));
    if (found == std::string::npos) break;
    at = found + from.size();
    out.append(to, origins_[at - 1]);  // the last character replaced
  }
  *this = std::move(out);
}

// A composed character stands for the first of those that went into it.
void AlignedText::compose() {
  AlignedText out;
  std::size_t at = 0;
  const auto skip = [&] {
    if (at < text_.size()) at += code_point_at(text_, at).length;
  };
  for (const Composed& one : jobs::compose(text_)) {
    const std::size_t stands_for = one.change > 0
                                       ? (at == 0 ? 0 : at - 1)
                                       : std::min(at, text_.size() - 1);
    const Origin origin = origins_[stands_for];
    if (one.change <= 0) skip();
    for (int more = one.change; more < 0; ++more) skip();
    std::string bytes;
    append_utf8(one.value, bytes);
    out.append(bytes, origin);
  }
  *this = std::move(out);
}

void AlignedText::spell_bytes() {
  AlignedText out;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    std::string character;
    append_utf8(alphabet()[static_cast<unsigned char>(text_[i])], character);
    out.append(character, origins_[i]);
  }
  *this = std::move(out);
}

std::string spelled_bytes(std::string_view spelling) {
  std::string bytes;
  for (std::size_t at = 0; at < spelling.size();) {
    const CodePoint one = code_point_at(spelling, at);
    at += one.length;
    const auto* found =
        std::find(alphabet().begin(), alphabet().end(), one.value);
    if (found == alphabet().end()) return {};
    bytes.push_back(static_cast<char>(found - alphabet().begin()));
  }
  return bytes;
}

}  // namespace coxswain::jobs
