#include "jobs/model/bpe.hpp"

#include <algorithm>
#include <queue>

#include "jobs/job_error.hpp"

namespace coxswain::jobs {
namespace {

constexpr int kControlToken = 3;  // llama.cpp's token types
constexpr int kUserDefinedToken = 4;

// GPT-2 writes each byte as one printable character: printable Latin-1 as
// itself, the other 68 bytes as U+0100 onwards in byte order.
std::vector<int> byte_of_character() {
  std::vector<int> bytes(0x100 + 68, -1);
  int next = 0x100;
  for (int byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 0x21 && byte <= 0x7e) ||
                           (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    bytes[static_cast<std::size_t>(printable ? byte : next++)] = byte;
  }
  return bytes;
}

// One- and two-byte UTF-8 covers every character of that alphabet. False if
// the text has another one.
bool to_bytes(std::string_view text, std::string& bytes) {
  static const std::vector<int> kBytes = byte_of_character();
  bytes.clear();
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    std::size_t point = first;
    std::size_t length = 1;
    if (first >= 0x80) {
      if ((first & 0xe0) != 0xc0 || i + 1 >= text.size()) return false;
      point = (static_cast<std::size_t>(first & 0x1f) << 6) |
              (static_cast<unsigned char>(text[i + 1]) & 0x3fU);
      length = 2;
    }
    if (point >= kBytes.size() || kBytes[point] < 0) return false;
    bytes.push_back(static_cast<char>(kBytes[point]));
    i += length;
  }
  return true;
}

std::uint64_t pair_key(std::int32_t left, std::int32_t right) {
  return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32) |
         static_cast<std::uint32_t>(right);
}

}  // namespace

ByteLevelBpe::ByteLevelBpe(const storage::GgufFile& file)
    : pre_tokenizer_(file.text("tokenizer.ggml.pre"), file.path()) {
  read_vocabulary(file);
  read_merges(file);
  if (file.has("tokenizer.ggml.add_bos_token") &&
      file.flag("tokenizer.ggml.add_bos_token")) {
    beginning_ =
        static_cast<std::int32_t>(file.integer("tokenizer.ggml.bos_token_id"));
  }
}

void ByteLevelBpe::read_vocabulary(const storage::GgufFile& file) {
  const auto& tokens = file.texts("tokenizer.ggml.tokens");
  const auto& types = file.numbers("tokenizer.ggml.token_type");
  if (types.size() != tokens.size()) {
    throw JobError({file.path(), "tokenizer.ggml.token_type",
                    std::to_string(types.size()) + " entries",
                    std::to_string(tokens.size()), ""});
  }
  byte_ids_.assign(256, -1);
  pieces_.resize(tokens.size());
  for (std::size_t id = 0; id < tokens.size(); ++id) {
    const int type = static_cast<int>(types[id]);
    if (tokens[id].empty()) {
      throw JobError({file.path(), "tokenizer.ggml.tokens",
                      "token " + std::to_string(id) + " is empty", "a text",
                      "the file is damaged"});
    }
    if (type == kControlToken || type == kUserDefinedToken ||
        !to_bytes(tokens[id], pieces_[id])) {
      pieces_[id] = tokens[id];
      if (type == kControlToken || type == kUserDefinedToken) {
        specials_.emplace_back(tokens[id], static_cast<std::int32_t>(id));
      }
    } else if (pieces_[id].size() == 1) {
      byte_ids_[static_cast<unsigned char>(pieces_[id][0])] =
          static_cast<std::int32_t>(id);
    }
  }
  std::stable_sort(specials_.begin(), specials_.end(),
                   [](const auto& a, const auto& b) {
                     return a.first.size() > b.first.size();
                   });
}

void ByteLevelBpe::read_merges(const storage::GgufFile& file) {
  std::unordered_map<std::string_view, std::int32_t> ids;
  const auto& tokens = file.texts("tokenizer.ggml.tokens");
  for (std::size_t id = 0; id < tokens.size(); ++id) {
    ids.emplace(tokens[id], static_cast<std::int32_t>(id));
  }
  std::int32_t rank = 0;
  for (const std::string& merge : file.texts("tokenizer.ggml.merges")) {
    const std::size_t space = merge.find(' ', 1);
    const std::string left = merge.substr(0, space);
    const std::string right =
        space == std::string::npos ? "" : merge.substr(space + 1);
    const auto a = ids.find(left);
    const auto b = ids.find(right);
    const auto both = ids.find(left + right);
    if (a == ids.end() || b == ids.end() || both == ids.end()) {
      throw JobError({file.path(), "tokenizer.ggml.merges",
                      "\"" + merge + "\" makes no token of the vocabulary", "",
                      "the file is damaged"});
    }
    merges_.emplace(pair_key(a->second, b->second),
                    Merge{rank++, both->second});
  }
}

std::string ByteLevelBpe::piece(std::int32_t id) const {
  return pieces_.at(static_cast<std::size_t>(id));
}

std::vector<Token> ByteLevelBpe::encode(std::string_view text) const {
  std::vector<Token> out;
  std::size_t plain = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto special =
        std::find_if(specials_.begin(), specials_.end(), [&](const auto& one) {
          return text.substr(at).starts_with(one.first);
        });
    if (special == specials_.end()) {
      ++at;
      continue;
    }
    encode_plain(text.substr(plain, at - plain),
                 static_cast<std::uint32_t>(plain), out);
    const std::size_t end = at + special->first.size();
    out.push_back({special->second, static_cast<std::uint32_t>(at),
                   static_cast<std::uint32_t>(end)});
    at = plain = end;
  }
  encode_plain(text.substr(plain), static_cast<std::uint32_t>(plain), out);
  return out;
}

void ByteLevelBpe::encode_plain(std::string_view text, std::uint32_t start,
                                std::vector<Token>& out) const {
  if (text.empty()) return;
  for (const std::string_view piece : pre_tokenizer_.split(text)) {
    std::vector<Token> word;
    auto at = start + static_cast<std::uint32_t>(piece.data() - text.data());
    for (const char byte : piece) {
      const std::int32_t id = byte_ids_[static_cast<unsigned char>(byte)];
      if (id >= 0) word.push_back({id, at, at + 1});
      ++at;
    }
    merge_word(std::move(word), out);
  }
}

const ByteLevelBpe::Merge* ByteLevelBpe::merge_of(std::int32_t left,
                                                  std::int32_t right) const {
  const auto found = merges_.find(pair_key(left, right));
  return found == merges_.end() ? nullptr : &found->second;
}

// Applies the merge of lowest rank, leftmost first, until none is left. A heap
// of candidates keeps long words (a hostile megabyte of one letter) cheap.
void ByteLevelBpe::merge_word(std::vector<Token> word,
                              std::vector<Token>& out) const {
  struct Candidate {
    std::int32_t rank, left, left_id, right_id;
    bool operator<(const Candidate& other) const {  // smallest on top
      return rank != other.rank ? rank > other.rank : left > other.left;
    }
  };
  const auto n = static_cast<std::int32_t>(word.size());
  const auto at = [&](std::int32_t i) -> Token& {
    return word[static_cast<std::size_t>(i)];
  };
  std::vector<std::int32_t> next(word.size()), previous(word.size());
  for (std::int32_t i = 0; i < n; ++i) {
    next[static_cast<std::size_t>(i)] = i + 1;
    previous[static_cast<std::size_t>(i)] = i - 1;
  }
  std::priority_queue<Candidate> heap;
  const auto consider = [&](std::int32_t left) {
    if (left < 0) return;
    const std::int32_t right = next[static_cast<std::size_t>(left)];
    if (right >= n) return;
    if (const Merge* merge = merge_of(at(left).id, at(right).id)) {
      heap.push({merge->rank, left, at(left).id, at(right).id});
    }
  };
  for (std::int32_t i = 0; i + 1 < n; ++i) consider(i);
  while (!heap.empty()) {
    const Candidate best = heap.top();
    heap.pop();
    const std::int32_t right = next[static_cast<std::size_t>(best.left)];
    if (at(best.left).id != best.left_id || right >= n ||
        at(right).id != best.right_id) {
      continue;  // one of the two was merged meanwhile
    }
    at(best.left).id = merge_of(best.left_id, best.right_id)->result;
    at(best.left).end = at(right).end;
    at(right).id = -1;
    const std::int32_t after = next[static_cast<std::size_t>(right)];
    next[static_cast<std::size_t>(best.left)] = after;
    if (after < n) previous[static_cast<std::size_t>(after)] = best.left;
    consider(previous[static_cast<std::size_t>(best.left)]);
    consider(best.left);
  }
  for (std::int32_t i = 0; i < n; i = next[static_cast<std::size_t>(i)]) {
    out.push_back(at(i));
  }
}

}  // namespace coxswain::jobs
