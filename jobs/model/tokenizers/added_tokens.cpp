#include "jobs/model/tokenizers/added_tokens.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "jobs/model/tokenizers/unicode.hpp"

namespace coxswain::jobs {
namespace {

// A letter, mark, digit or connector; letters in circles and squares and the
// joiners count as Unicode's annex on regular expressions has it.
bool is_word(std::int32_t value) {
  constexpr std::pair<std::int32_t, std::int32_t> kMore[] = {
      {0x200c, 0x200d},   {0x24b6, 0x24e9},   {0x1f130, 0x1f149},
      {0x1f150, 0x1f169}, {0x1f170, 0x1f189},
  };
  for (const auto& [first, last] : kMore) {
    if (value >= first && value <= last) return true;
  }
  switch (utf8proc_category(value)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
      return true;
    default:
      return false;
  }
}

// Where the character that ends before `at` begins.
std::size_t before(std::string_view text, std::size_t at) {
  assert(0 < at && at <= text.size());
  do {
    --at;
  } while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80);
  return at;
}

bool inside_word(std::string_view text, std::size_t begin, std::size_t end) {
  return (begin > 0 &&
          is_word(code_point_at(text, before(text, begin)).value)) ||
         (end < text.size() && is_word(code_point_at(text, end).value));
}

// Whether a token that is spelled at `origin` is the user's text.
bool is_text(const AddedToken& token, const Origin& origin,
             const UserText& user) {
  const auto meets = [&](const auto& stretch) {
    return origin.begin < stretch.second && stretch.first < origin.end;
  };
  return std::any_of(user.stretches.begin(), user.stretches.end(), meets) &&
         (token.special || std::find(user.marks.begin(), user.marks.end(),
                                     token.content) != user.marks.end());
}

}  // namespace

AddedTokens::AddedTokens(std::vector<AddedToken> tokens) : AddedTokens() {
  std::stable_sort(tokens.begin(), tokens.end(),
                   [](const AddedToken& a, const AddedToken& b) {
                     // The longest first: <|im_start|> before a token that it
                     // begins with.
                     return a.content.size() > b.content.size();
                   });
  for (AddedToken& token : tokens) {
    if (token.content.empty()) continue;
    const auto first = static_cast<unsigned char>(token.content[0]);
    by_first_byte_[first].push_back(std::move(token));
  }
}

const AddedToken* AddedTokens::token_at(std::string_view text,
                                        std::size_t at) const {
  assert(at < text.size());
  const auto& candidates = by_first_byte_[static_cast<unsigned char>(text[at])];
  for (const AddedToken& token : candidates) {
    if (text.substr(at).starts_with(token.content)) return &token;
  }
  return nullptr;
}

std::vector<Segment> AddedTokens::split(const AlignedText& text,
                                        const UserText& user) const {
  const std::string_view all = text.text();
  std::vector<Segment> segments;
  std::size_t done = 0;
  for (std::size_t at = 0; at < all.size();) {
    const AddedToken* token = token_at(all, at);
    if (token == nullptr) {
      ++at;
      continue;
    }
    std::size_t begin = at;
    std::size_t end = at + token->content.size();
    at = end;
    if (token->skipped || is_text(*token, text.origin(begin, end), user)) {
      continue;
    }
    if (token->single_word && inside_word(all, begin, end)) continue;
    if (token->lstrip) {
      while (begin > done &&
             is_space(code_point_at(all, before(all, begin)).value)) {
        begin = before(all, begin);
      }
    }
    if (token->rstrip) {
      while (end < all.size() && is_space(code_point_at(all, end).value)) {
        end += code_point_at(all, end).length;
      }
      at = end;
    }
    if (begin > done) segments.push_back({text.slice(done, begin), -1});
    segments.push_back({text.slice(begin, end), token->id});
    done = end;
  }
  if (done < all.size()) segments.push_back({text.slice(done, all.size()), -1});
  return segments;
}

}  // namespace coxswain::jobs
