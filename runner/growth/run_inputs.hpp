#pragma once

#include <compare>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace coxswain::runner {

// What a field of tasks was asked with: values as text, each once, in the order
// in which they came.
class Values {
 public:
  void add(const std::string& value);
  // Where it is there already, it goes to the end.
  void add_last(const std::string& value);
  void add(const Values& more);
  bool has(const std::string& value) const { return there_.contains(value); }
  bool empty() const { return list_.empty(); }
  const std::vector<std::string>& list() const { return list_; }

 private:
  std::vector<std::string> list_;
  std::set<std::string> there_;
};

// Values by field: "multiplier" -> -1, 0, 1. field_words.hpp has all fields.
using Facts = std::map<std::string, Values>;

// What tasks of one kind are about; empty: it has none, or several.
struct Subject {
  std::string kind;  // of tasks, as people read it
  std::string model, behaviour, sae;
  auto operator<=>(const Subject&) const = default;
};

// What the starts of a run were made of, without what they computed: of which
// files, by which settings, on which axes. An empty one is of no start.
struct RunInputs {
  std::string program_version;
  std::map<Subject, Facts> groups;  // those of all tasks of a subject
  Values selections;                // what [only] and [[exclude]] said
};

// What a later start adds: of each field, its values are the newest.
void add_start(RunInputs& all, const RunInputs& start);

}  // namespace coxswain::runner
