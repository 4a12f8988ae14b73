#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "jobs/model/model_file.hpp"
#include "jobs/steering/option_pairs.hpp"
#include "jobs/steering/positions.hpp"
#include "jobs/steering/whole_answers.hpp"
#include "jobs/task/task.hpp"
#include "storage/files/digest.hpp"
#include "storage/texts/contrast_pairs.hpp"

namespace coxswain::jobs {

// One question in one order of its options, ready for the model.
struct BehaviourItem {
  int line = 0;                   // of the data file, from 0
  std::string matching_letter;    // "A", "B" or empty for words
  std::uint8_t option_order = 0;  // 1: its options are exchanged
  int cluster = 0;                // items that share it are not independent
  // 1: the first of the behaviour's two answers matches, -1: the second, 0:
  // there are more than two.
  std::int8_t matching_answer = 0;
  ContrastTokens tokens;
  WholeAnswers answers;   // empty unless whole answers are scored
  PairStrings strings;    // empty unless they are wanted
  storage::Key question;  // that of its copies: see question_key()
};

// Which tokens of both strings are to be stored.
enum class StoredTokens : std::uint8_t {
  none,
  letter,  // the one that vectors are read from
  answer,  // of the answer
  all,     // of the whole string
};

// Whether questions are shown with their options exchanged, too: an item each,
// of one cluster.
enum class Letters : std::uint8_t { as_is, counterbalanced };

// How lines of data become items; the same for all lines of a behaviour.
struct ItemRules {
  ChatTemplate chat_template;
  std::string system;  // of pairs that say nothing of their own
  PositionRule positions;
  Scored scored = Scored::token;
  Letters letters = Letters::as_is;
  Options options = Options::two;             // of lines, before they are items
  StoredTokens strings = StoredTokens::none;  // what BehaviourItem has of them
};

// Makes items of one pair after the other, and remembers which marks it met.
// What only all pairs together say of an item (its cluster, and which of two
// answers matches where they are words) is left as it is. Keeps references to
// rules and model.
class ItemMaker {
 public:
  ItemMaker(const ItemRules& rules, const ModelHeader& model);

  // The items of a pair, one an order of its options. Throws JobError with the
  // reason why a pair can't be used.
  std::vector<BehaviourItem> items(const storage::ContrastPair& pair);
  // The prompt that its answers follow. Throws JobError as items() does.
  Prompt prompt_of(const storage::ContrastPair& pair) const;
  // What was spelled in the questions and answers, in words.
  std::vector<std::string> notes() const;

 private:
  BehaviourItem item(const storage::ContrastPair& pair) const;
  WholeAnswers answers_of(const storage::ContrastPair& pair,
                          std::int64_t predicting) const;
  void add_strings(BehaviourItem& item,
                   const storage::ContrastPair& pair) const;
  // Marks that users write are text; whoever wrote them may have meant them.
  void note_marks(const storage::ContrastPair& pair);
  // Refuses tokens without an embedding: vocabularies may be larger than it.
  void require_embeddings(const ContrastTokens& tokens) const;
  void require_embedding(std::int32_t largest) const;

  const ItemRules& rules_;
  const ModelHeader& model_;
  Beginning beginning_;
  std::vector<std::string> marks_;                   // the template's
  std::map<std::string, std::vector<int>> spelled_;  // lines of pairs by mark
};

}  // namespace coxswain::jobs
