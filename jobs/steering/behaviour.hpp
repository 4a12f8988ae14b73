#pragma once

#include <string>
#include <vector>

#include "jobs/model/model_file.hpp"
#include "jobs/steering/positions.hpp"
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
  ContrastTokens tokens;
  PairStrings strings;    // empty unless they are wanted
  storage::Key question;  // that of its copies: see question_key()
};

// A line of the data that is not used, and why, in words.
struct LeftOut {
  int line = 0;
  std::string reason;
};

// A behaviour's usable items in file order: those of the last questions are for
// steering, those of the first of the others for the vector. Copies of a
// question are on one side, and of one cluster.
struct Behaviour {
  std::vector<BehaviourItem> train, test;
  std::vector<LeftOut> left_out;
  int lines = 0;
  bool letters = false;            // the answers are (A) and (B)
  int copies = 0;                  // usable questions that were there before
  std::vector<std::string> notes;  // what the user should know of the data
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
struct BehaviourRules {
  ChatTemplate chat_template;
  std::string system;
  PositionRule positions;
  int train_items = 0;  // questions; 0: all that are left
  int test_items = 50;  // questions
  Letters letters = Letters::as_is;
  StoredTokens strings = StoredTokens::none;  // what BehaviourItem has of them
};

// Renders and tokenises every pair, as the model's own template begins. Pairs
// whose answers are letters beyond A and B are left out; one that can't be
// located, or is longer than the model's context, is too, with the reason.
// Throws JobError naming `where` if nothing is left for one of the two parts.
Behaviour prepare_behaviour(const std::vector<storage::ContrastPair>& pairs,
                            const BehaviourRules& rules,
                            const ModelHeader& model, const std::string& where);

}  // namespace coxswain::jobs
