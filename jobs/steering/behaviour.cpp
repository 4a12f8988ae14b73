#include "jobs/steering/behaviour.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <map>
#include <utility>

#include "jobs/steering/option_order.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

bool is_a_or_b(const std::string& letter) {
  return letter == "A" || letter == "B";
}

// Makes items of one pair after the other, and remembers which words it met.
class Preparer {
 public:
  Preparer(const BehaviourRules& rules, const ModelHeader& model)
      : rules_(rules),
        model_(model),
        beginning_(beginning_text(*model.tokenizer)) {}

  // The items of a pair, one an order of its options. Throws JobError with the
  // reason why a pair can't be used.
  std::vector<BehaviourItem> items(const storage::ContrastPair& pair) {
    std::vector<BehaviourItem> all{item(pair)};
    if (rules_.letters == Letters::counterbalanced) {
      all.push_back(item(with_options_exchanged(pair)));
      all.back().option_order = 1;
    }
    return all;
  }

 private:
  BehaviourItem item(const storage::ContrastPair& pair) {
    BehaviourItem item;
    item.line = pair.line;
    item.matching_letter = letter_of(pair.matching);
    const std::string other_letter = letter_of(pair.other);
    if (item.matching_letter.empty() != other_letter.empty() ||
        (!item.matching_letter.empty() &&
         !(is_a_or_b(item.matching_letter) && is_a_or_b(other_letter)))) {
      throw JobError({"", "answers", pair.matching + " and " + pair.other,
                      "(A) and (B), or two words", ""});
    }
    const ChatTemplate& chat = rules_.chat_template;
    item.tokens =
        locate(render(chat, rules_.system, pair.question, beginning_),
               answer_text(chat, pair.matching), answer_text(chat, pair.other),
               *model_.tokenizer, rules_.positions);
    require_embeddings(item.tokens);
    auto length = std::ssize(item.tokens.shared) + 1;
    if (rules_.strings != StoredTokens::none) {
      add_strings(item, pair);
      length = std::ssize(item.strings.shared) + std::ssize(item.strings.match);
    }
    if (length > model_.architecture.n_ctx) {
      throw JobError({"", "prompt", std::to_string(length) + " tokens",
                      "at most " + std::to_string(model_.architecture.n_ctx),
                      ""});
    }
    if (!item.matching_letter.empty()) {
      item.tokens.letter_sign = item.matching_letter == "A" ? 1 : -1;
      item.cluster = item.line;
    } else {
      // Items with the same pair of words are one cluster.
      item.cluster = words_
                         .try_emplace({pair.matching, pair.other},
                                      static_cast<int>(words_.size()))
                         .first->second;
    }
    return item;
  }

  void add_strings(BehaviourItem& item, const storage::ContrastPair& pair) {
    const ChatTemplate& chat = rules_.chat_template;
    PairStrings& strings = item.strings;
    strings =
        whole_strings(render(chat, rules_.system, pair.question, beginning_),
                      answer_text(chat, pair.matching),
                      answer_text(chat, pair.other), *model_.tokenizer);
    if (rules_.strings == StoredTokens::all) strings.keep_from = 0;
    if (rules_.strings == StoredTokens::letter) {
      strings.keep_from = static_cast<std::int32_t>(strings.shared.size());
      strings.match.resize(1);
      strings.other.resize(1);
    }
    for (const auto* tail : {&strings.match, &strings.other}) {
      require_embedding(*std::max_element(tail->begin(), tail->end()));
    }
  }

  void require_embeddings(const ContrastTokens& tokens) const {
    std::int32_t largest = std::max(tokens.token_match, tokens.token_other);
    for (const std::int32_t id : tokens.shared) largest = std::max(largest, id);
    require_embedding(largest);
  }

  // Refuses a token without an embedding: vocabularies may be larger than it.
  void require_embedding(std::int32_t largest) const {
    if (largest >= model_.architecture.d_vocab) {
      throw JobError(
          {"", "prompt", "token " + std::to_string(largest),
           "one of the model's " + std::to_string(model_.architecture.d_vocab),
           ""});
    }
  }

  const BehaviourRules& rules_;
  const ModelHeader& model_;
  std::string beginning_;
  std::map<std::pair<std::string, std::string>, int> words_;
};

}  // namespace

Behaviour prepare_behaviour(const std::vector<storage::ContrastPair>& pairs,
                            const BehaviourRules& rules,
                            const ModelHeader& model,
                            const std::string& where) {
  assert(rules.test_items >= 0 && model.tokenizer != nullptr);
  Behaviour behaviour;
  behaviour.lines = static_cast<int>(pairs.size());
  Preparer preparer(rules, model);
  std::vector<std::vector<BehaviourItem>> usable;  // by question
  for (const storage::ContrastPair& pair : pairs) {
    try {
      usable.push_back(preparer.items(pair));
    } catch (const JobError& error) {
      behaviour.left_out.push_back({pair.line, error.what()});
    }
  }
  // At least one question has to be left for the vector.
  if (std::ssize(usable) <= rules.test_items) {
    throw JobError(
        {where, "",
         std::to_string(usable.size()) + " usable pairs of " +
             std::to_string(pairs.size()) +
             (behaviour.left_out.empty()
                  ? ""
                  : " (line " + std::to_string(behaviour.left_out[0].line + 1) +
                        ": " + behaviour.left_out[0].reason + ")"),
         "more than the " + std::to_string(rules.test_items) + " test items",
         "lower test_items or take more data"});
  }
  // Test items are the last questions whatever train_items is: vectors of
  // different sizes are tried on the same ones.
  const auto n_train =
      usable.size() - static_cast<std::size_t>(rules.test_items);
  for (std::size_t i = 0; i < usable.size(); ++i) {
    if (i < n_train && rules.train_items > 0 &&
        i >= static_cast<std::size_t>(rules.train_items)) {
      continue;
    }
    auto& part = i < n_train ? behaviour.train : behaviour.test;
    std::move(usable[i].begin(), usable[i].end(), std::back_inserter(part));
  }
  behaviour.letters = !behaviour.train[0].matching_letter.empty();
  return behaviour;
}

}  // namespace coxswain::jobs
