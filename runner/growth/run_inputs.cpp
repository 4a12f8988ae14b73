#include "runner/growth/run_inputs.hpp"

#include <algorithm>

namespace coxswain::runner {

void Values::add(const std::string& value) {
  if (there_.insert(value).second) list_.push_back(value);
}

void Values::add_last(const std::string& value) {
  if (!there_.insert(value).second) {
    if (list_.back() == value) return;
    list_.erase(std::ranges::find(list_, value));
  }
  list_.push_back(value);
}

void Values::add(const Values& more) {
  for (const std::string& value : more.list_) add(value);
}

void add_start(RunInputs& all, const RunInputs& start) {
  all.program_version = start.program_version;
  for (const auto& [subject, facts] : start.groups) {
    Facts& known = all.groups[subject];
    for (const auto& [field, values] : facts) {
      Values& of_field = known[field];
      // Of what has one value at a time, the last one is the newest. Lists keep
      // their order, and are long.
      if (values.list().size() == 1) {
        of_field.add_last(values.list().front());
      } else {
        of_field.add(values);
      }
    }
  }
  for (const std::string& one : start.selections.list()) {
    all.selections.add_last(one);
  }
}

}  // namespace coxswain::runner
