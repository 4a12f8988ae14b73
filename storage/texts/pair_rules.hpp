#pragma once

#include <string>

namespace coxswain::storage {

// Under which keys an entry has what a pair is made of. A key of an object
// inside an object is spelled with a point: "positive.response". Empty: as the
// form has it, of `system` none.
struct PairColumns {
  std::string question{};  // a text, or a list of turns
  std::string matching{};  // the answer that matches the behaviour
  std::string other{};
  std::string system{};  // the system text of the line
  bool operator==(const PairColumns&) const = default;
};

// A form in which data of pairs are published. Several may go by one name.
struct PairForm {
  std::string name;
  PairColumns columns;
  std::string same_question{};  // has the question once more, if not empty
};

// How a file of pairs is to be read.
struct PairRules {
  std::string group{};  // the key that groups lines; empty: none
  std::string form{};   // a name of pair_forms(); empty: by the file's content
  PairColumns columns{};  // over those of the form
  // The question's options say what the other answers are: none is needed.
  bool one_answer = false;
  // Either answer may be a list of several that are accepted.
  bool several_answers = false;
  bool operator==(const PairRules&) const = default;
};

}  // namespace coxswain::storage
