#include "storage/tensors/pickle_stack.hpp"

#include <cassert>
#include <utility>

#include "storage/files/fault.hpp"

namespace coxswain::storage {

using Kind = PickleValue::Kind;

void PickleStack::push(PickleValue made) {
  // State dicts have thousands of values: a million is a bomb.
  constexpr std::size_t kMost = 1U << 20;
  if (values_.size() == kMost) {
    refuse("too many values", std::to_string(kMost) + " at most");
  }
  stack_.push_back(static_cast<Id>(values_.size()));
  values_.push_back(std::move(made));
}

std::size_t PickleStack::above_mark() const {
  return stack_.size() - (marks_.empty() ? 0 : marks_.back());
}

PickleStack::Id PickleStack::top() const {
  if (above_mark() == 0) refuse("an empty stack", "a value");
  return stack_.back();
}

std::vector<PickleStack::Id> PickleStack::pop(std::size_t n) {
  if (above_mark() < n) refuse("an empty stack", "values");
  const auto from = stack_.end() - static_cast<std::ptrdiff_t>(n);
  std::vector<Id> items(from, stack_.end());
  stack_.erase(from, stack_.end());
  return items;
}

std::vector<PickleStack::Id> PickleStack::pop_to_mark() {
  assert(marks_.empty() || marks_.back() <= stack_.size());
  if (marks_.empty()) refuse("no mark on the stack", "one");
  std::vector<Id> items = pop(above_mark());
  marks_.pop_back();
  return items;
}

void PickleStack::recall(std::uint32_t key) {
  const auto found = memo_.find(key);
  if (found == memo_.end()) refuse("a value never kept", "one that was");
  stack_.push_back(found->second);
}

void PickleStack::append(Kind kind, const std::vector<Id>& items) {
  PickleValue& to = values_[top()];
  if (to.kind != kind || (kind == Kind::mapping && items.size() % 2 != 0)) {
    refuse("items for what can't take them", "a list or a mapping");
  }
  to.items.insert(to.items.end(), items.begin(), items.end());
}

void PickleStack::count_copied(std::size_t n) {
  constexpr std::size_t kMost = 1U << 22;
  // One long list in the memo can be copied by every opcode: a small file could
  // ask for all memory.
  copied_ += n;
  if (copied_ > kMost) {
    refuse("too many items", std::to_string(kMost) + " at most");
  }
}

void PickleStack::refuse(const std::string& found,
                         const std::string& expected) const {
  throw StorageError({file_, "pickle", found, expected,
                      "the file is no state dict, or damaged"});
}

}  // namespace coxswain::storage
