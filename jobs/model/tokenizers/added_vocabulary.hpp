#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "jobs/model/tokenizers/added_tokens.hpp"

namespace coxswain::jobs {

// The tokens of a model, which others are added to.
struct BaseVocabulary {
  std::function<std::optional<std::int32_t>(const std::string&)> id_of;
  std::int32_t size = 0;  // how many
};

// Tokens added to a vocabulary, list after list, as the tokenizers library
// keeps them: it numbers them itself, whatever a file says, and of a token that
// comes twice the later flags count.
class AddedVocabulary {
 public:
  explicit AddedVocabulary(BaseVocabulary base)
      : base_(std::move(base)), next_(base_.size) {}

  // Numbers in `tokens` are not looked at.
  void add(const std::vector<AddedToken>& tokens);
  // Of an added token or one of the model.
  std::optional<std::int32_t> id_of(const std::string& content) const;
  bool has(const std::string& content) const { return ids_.contains(content); }
  // Whether this very token was added, with all its flags.
  bool holds(const AddedToken& token) const;
  // What is looked for in texts, with numbers.
  std::vector<AddedToken> tokens() const;

 private:
  BaseVocabulary base_;
  std::int32_t next_;  // behind the model's own and those given out
  std::map<std::string, std::int32_t> ids_;
  std::map<std::int32_t, AddedToken> by_id_;
  // In the order of adding; a token may stand here twice with other flags.
  std::vector<AddedToken> special_, plain_;
  std::set<std::string> special_contents_;
};

}  // namespace coxswain::jobs
