#include "jobs/model/tokenizers/bpe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <queue>

#include "jobs/model/tokenizers/unicode.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

std::uint64_t pair_key(std::int32_t left, std::int32_t right) {
  return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32) |
         static_cast<std::uint32_t>(right);
}

}  // namespace

Bpe::Bpe(std::vector<std::string> pieces, const Merges& merges,
         const BpeRules& rules, const std::string& where)
    : pieces_(std::move(pieces)), rules_(rules) {
  for (std::size_t id = 0; id < pieces_.size(); ++id) {
    if (!pieces_[id].empty()) {
      ids_.emplace(pieces_[id], static_cast<std::int32_t>(id));
    }
  }
  merges_.reserve(merges.size());
  std::int32_t rank = 0;
  for (const auto& [left, right] : merges) {
    const auto a = id_of(left);
    const auto b = id_of(right);
    const auto both = id_of(left + right);
    if (!a || !b || !both) {
      throw JobError(
          {where, "merges",
           "\"" + left + " " + right + "\" makes no token of the vocabulary",
           "", "the file is damaged"});
    }
    merges_.emplace(pair_key(*a, *b), Merge{rank++, *both});
  }
}

const std::string& Bpe::piece(std::int32_t id) const {
  return pieces_.at(static_cast<std::size_t>(id));
}

std::optional<std::int32_t> Bpe::id_of(std::string_view piece) const {
  const auto found = ids_.find(piece);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

void Bpe::encode(const AlignedText& piece, std::vector<Token>& out) const {
  const auto put = [&](const Symbol& symbol) {
    const Origin origin = piece.origin(symbol.begin, symbol.end);
    out.push_back({symbol.id, origin.begin, origin.end});
  };
  // Llama 3: a whole piece that is a token is taken even if merges would lead
  // elsewhere.
  if (rules_.ignore_merges) {
    if (const auto whole = id_of(piece.text())) {
      return put({*whole, 0, piece.text().size()});
    }
  }
  for (const Symbol& symbol : merged(symbols(piece.text()))) put(symbol);
}

bool Bpe::fall_back(std::string_view character, std::size_t at,
                    std::vector<Symbol>& out) const {
  std::vector<Symbol> bytes;
  for (const char byte : character) {
    const auto id =
        id_of(fmt::format("<0x{:02X}>", static_cast<unsigned char>(byte)));
    if (!id) return false;
    bytes.push_back({*id, at, at + 1});
    ++at;
  }
  out.insert(out.end(), bytes.begin(), bytes.end());
  return true;
}

std::vector<Bpe::Symbol> Bpe::symbols(std::string_view text) const {
  std::vector<Symbol> out;
  bool unknown_before = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = code_point_at(text, at).length;
    const std::string_view character = text.substr(at, length);
    bool unknown = false;
    if (const auto id = id_of(character)) {
      out.push_back({*id, at, at + length});
    } else if (!(rules_.byte_fallback && fall_back(character, at, out)) &&
               rules_.unknown >= 0) {
      unknown = true;
      if (unknown_before && rules_.fuse_unknown) {
        out.back().end = at + length;
      } else {
        out.push_back({rules_.unknown, at, at + length});
      }
    }
    unknown_before = unknown;
    at += length;
  }
  return out;
}

const Bpe::Merge* Bpe::merge_of(std::int32_t left, std::int32_t right) const {
  const auto found = merges_.find(pair_key(left, right));
  return found == merges_.end() ? nullptr : &found->second;
}

// Applies the merge of lowest rank, leftmost first, until none is left. A heap
// of candidates keeps long words (a hostile megabyte of one letter) cheap.
std::vector<Bpe::Symbol> Bpe::merged(std::vector<Symbol> word) const {
  // Two neighbours that could merge, as they were when it was noted.
  struct Candidate {
    std::int32_t rank, left, left_id, right_id;
    bool operator<(const Candidate& other) const {  // smallest on top
      return rank != other.rank ? rank > other.rank : left > other.left;
    }
  };
  const auto n = static_cast<std::int32_t>(word.size());
  const auto at = [&](std::int32_t i) -> Symbol& {
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
    // Candidates of the past that name it are told by the id.
    at(right).id = -1;
    const std::int32_t after = next[static_cast<std::size_t>(right)];
    next[static_cast<std::size_t>(best.left)] = after;
    if (after < n) previous[static_cast<std::size_t>(after)] = best.left;
    consider(previous[static_cast<std::size_t>(best.left)]);
    consider(best.left);
  }
  std::vector<Symbol> out;
  for (std::int32_t i = 0; i < n; i = next[static_cast<std::size_t>(i)]) {
    out.push_back(at(i));
  }
  return out;
}

namespace {

// A piece cut into two others.
struct Cut {
  double score;
  int left_length, right_length;  // characters
  std::size_t left, right;
};

// Every cut of every piece, those of one piece by the numbers of its parts.
std::vector<Cut> cuts_of(const std::vector<std::string>& pieces,
                         const std::vector<double>& scores) {
  assert(scores.size() == pieces.size());
  std::unordered_map<std::string_view, std::size_t> ids;
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    if (!pieces[id].empty()) ids.emplace(pieces[id], id);
  }
  std::vector<Cut> cuts;
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    const std::string_view piece = pieces[id];
    const auto first_of_piece = cuts.size();
    const int length = static_cast<int>(std::count_if(
        piece.begin(), piece.end(), [](char c) { return (c & 0xc0) != 0x80; }));
    int left_length = 0;
    for (std::size_t at = 0; at < piece.size();) {
      at += code_point_at(piece, at).length;
      ++left_length;
      if (at >= piece.size()) break;
      const auto left = ids.find(piece.substr(0, at));
      const auto right = ids.find(piece.substr(at));
      if (left != ids.end() && right != ids.end()) {
        cuts.push_back({scores[id], left_length, length - left_length,
                        left->second, right->second});
      }
    }
    std::sort(cuts.begin() + static_cast<std::ptrdiff_t>(first_of_piece),
              cuts.end(), [](const Cut& a, const Cut& b) {
                return std::pair(a.left, a.right) < std::pair(b.left, b.right);
              });
  }
  return cuts;
}

Bpe::Merges merges_of(const std::vector<Cut>& cuts,
                      const std::vector<std::string>& pieces) {
  Bpe::Merges merges;
  merges.reserve(cuts.size());
  for (const Cut& cut : cuts) {
    merges.emplace_back(pieces[cut.left], pieces[cut.right]);
  }
  return merges;
}

}  // namespace

// Merges in the order of the converters from SentencePiece: by score, then
// longer left parts, then longer right parts.
Bpe::Merges merges_by_score(const std::vector<std::string>& pieces,
                            const std::vector<double>& scores) {
  std::vector<Cut> cuts = cuts_of(pieces, scores);
  std::stable_sort(cuts.begin(), cuts.end(), [](const Cut& a, const Cut& b) {
    if (a.score != b.score) return a.score > b.score;
    return std::pair(a.left_length, a.right_length) >
           std::pair(b.left_length, b.right_length);
  });
  return merges_of(cuts, pieces);
}

Bpe::Merges merges_by_number(const std::vector<std::string>& pieces) {
  std::vector<double> numbers(pieces.size());
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    numbers[id] = static_cast<double>(id);
  }
  std::vector<Cut> cuts = cuts_of(pieces, numbers);
  std::stable_sort(cuts.begin(), cuts.end(), [](const Cut& a, const Cut& b) {
    if (a.score != b.score) return a.score < b.score;
    return std::pair(a.left_length, a.right_length) <
           std::pair(b.left_length, b.right_length);
  });
  return merges_of(cuts, pieces);
}

}  // namespace coxswain::jobs
