#include "jobs/model/tokenizers/pipeline_tokenizer.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "jobs/model/tokenizers/unicode.hpp"

namespace coxswain::jobs {
namespace {

std::vector<AddedToken> chosen(const TokenizerParts& parts, bool normalized) {
  std::vector<AddedToken> tokens;
  for (AddedToken token : parts.added) {
    if (token.normalized != normalized) continue;
    if (normalized) {
      AlignedText content(token.content);
      normalise(parts.normaliser, content);
      token.content = content.text();
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace

PipelineTokenizer::PipelineTokenizer(TokenizerParts parts)
    : parts_(std::move(parts)),
      raw_(chosen(parts_, false)),
      normalised_(chosen(parts_, true)) {}

std::vector<Token> PipelineTokenizer::encode(std::string_view text,
                                             const UserText& user) const {
  require_utf8(text);
  std::vector<Token> out;
  const auto put = [&](const Segment& segment) {
    const Origin origin = segment.text.origin(0, segment.text.text().size());
    out.push_back({segment.id, origin.begin, origin.end});
  };
  // Added tokens are looked for twice: in the raw text, and those that ask for
  // it in the normalised one.
  for (Segment& raw : raw_.split(AlignedText(text), user)) {
    if (raw.id >= 0) {
      put(raw);
      continue;
    }
    normalise(parts_.normaliser, raw.text);
    for (Segment& segment : normalised_.split(raw.text, user)) {
      if (segment.id >= 0) {
        put(segment);
      } else {
        encode_plain(std::move(segment.text), out);
      }
    }
  }
  if (parts_.trim_offsets) trim(out);
  return out;
}

std::vector<std::string> PipelineTokenizer::spelled_tokens(
    std::string_view text, const std::vector<std::string>& marks) const {
  std::vector<std::string> found;
  for (const AddedToken& token : parts_.added) {
    const bool counts =
        token.special ||
        std::find(marks.begin(), marks.end(), token.content) != marks.end();
    if (counts && !token.skipped && !token.content.empty() &&
        text.find(token.content) != std::string_view::npos) {
      found.push_back(token.content);
    }
  }
  return found;
}

void PipelineTokenizer::encode_plain(AlignedText text,
                                     std::vector<Token>& out) const {
  for (const AlignedText& piece :
       pre_tokenize(parts_.pre_tokenizer, std::move(text))) {
    parts_.bpe.encode(piece, out);
  }
}

// Takes spaces at a token's ends out of its offsets, by the rules of the
// tokenizers library's byte-level post-processor.
void PipelineTokenizer::trim(std::vector<Token>& tokens) const {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    Token& token = tokens[i];
    const std::string bytes = piece(token.id);
    const auto is_space = [](char c) { return c == ' '; };
    auto leading = static_cast<std::uint32_t>(
        std::find_if_not(bytes.begin(), bytes.end(), is_space) - bytes.begin());
    const auto trailing = static_cast<std::uint32_t>(
        std::find_if_not(bytes.rbegin(), bytes.rend(), is_space) -
        bytes.rbegin());
    const bool first = i == 0 || token.begin == 0;
    if (leading == 1 && first && parts_.added_prefix_space) leading = 0;
    token.begin = std::min(token.begin + leading, token.end);
    if (token.end >= trailing) {
      token.end = std::max(token.end - trailing, token.begin);
    }
  }
}

std::string PipelineTokenizer::piece(std::int32_t id) const {
  for (const AddedToken& added : parts_.added) {
    if (added.id == id) return added.content;
  }
  if (id < 0 || id >= parts_.bpe.size()) return {};
  const std::string& spelling = parts_.bpe.piece(id);
  if (parts_.byte_level) return spelled_bytes(spelling);
  unsigned byte = 0;
  if (spelling.size() == 6 && spelling.starts_with("<0x") &&
      std::from_chars(spelling.data() + 3, spelling.data() + 5, byte, 16).ptr ==
          spelling.data() + 5) {
    return std::string(1, static_cast<char>(byte));
  }
  AlignedText text(spelling);
  text.replace_all(parts_.space, " ");
  return text.text();
}

std::optional<std::int32_t> PipelineTokenizer::id_of(
    std::string_view token) const {
  for (const AddedToken& added : parts_.added) {
    if (added.content == token) return added.id;
  }
  AlignedText spelled(token);
  if (parts_.byte_level) spelled.spell_bytes();
  return parts_.bpe.id_of(spelled.text());
}

std::int32_t PipelineTokenizer::size() const {
  std::int32_t size = parts_.bpe.size();
  for (const AddedToken& added : parts_.added) {
    size = std::max(size, added.id + 1);
  }
  return size;
}

}  // namespace coxswain::jobs
