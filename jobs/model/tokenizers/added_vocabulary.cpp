#include "jobs/model/tokenizers/added_vocabulary.hpp"

#include <algorithm>

namespace coxswain::jobs {
namespace {

bool same(const AddedToken& a, const AddedToken& b) {
  return a.content == b.content && a.single_word == b.single_word &&
         a.lstrip == b.lstrip && a.rstrip == b.rstrip &&
         a.normalized == b.normalized && a.special == b.special;
}

}  // namespace

std::optional<std::int32_t> AddedVocabulary::id_of(
    const std::string& content) const {
  const auto found = ids_.find(content);
  return found != ids_.end() ? found->second : base_.id_of(content);
}

bool AddedVocabulary::holds(const AddedToken& token) const {
  const auto id = ids_.find(token.content);
  return id != ids_.end() && same(by_id_.at(id->second), token);
}

void AddedVocabulary::add(const std::vector<AddedToken>& tokens) {
  for (const AddedToken& token : tokens) {
    if (token.special && !token.content.empty() &&
        special_contents_.insert(token.content).second) {
      special_.push_back(token);
    }
  }
  for (const AddedToken& token : tokens) {
    if (token.content.empty() || holds(token)) continue;
    const std::int32_t id = id_of(token.content).value_or(next_);
    next_ = std::max(next_, id + 1);
    ids_[token.content] = id;
    by_id_[id] = token;
    if (!special_contents_.contains(token.content)) plain_.push_back(token);
  }
}

std::vector<AddedToken> AddedVocabulary::tokens() const {
  std::vector<AddedToken> out;
  std::set<std::pair<std::string, bool>> seen;
  for (const auto* list : {&special_, &plain_}) {
    for (const AddedToken& one : *list) {
      if (!seen.insert({one.content, one.normalized}).second) continue;
      const std::int32_t id = ids_.at(one.content);
      // Where it is looked for is the first one's word, the rest the last's.
      AddedToken token = by_id_.at(id);
      token.content = one.content;
      token.id = id;
      token.normalized = one.normalized;
      token.special = special_contents_.contains(one.content);
      out.push_back(std::move(token));
    }
  }
  return out;
}

}  // namespace coxswain::jobs
