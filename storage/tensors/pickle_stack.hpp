#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "storage/tensors/pickle_value.hpp"

namespace coxswain::storage {

// What pickle's opcodes work on: the values made so far, a stack of them, the
// marks on it and the memo. Everything has a limit. Throws StorageError that
// names `file`, which must outlive it.
class PickleStack {
 public:
  using Id = std::uint32_t;  // of a value

  explicit PickleStack(const std::string& file) : file_(file) {}

  void push(PickleValue made);
  void mark() { marks_.push_back(stack_.size()); }

  // What lies above the last mark; nothing below it can be reached.
  std::size_t above_mark() const;
  Id top() const;
  std::vector<Id> pop(std::size_t n);  // the topmost last
  std::vector<Id> pop_to_mark();
  bool empty() const { return stack_.empty(); }

  // The memo: remembers the top, pushes what was remembered.
  void keep(std::uint32_t key) { memo_[key] = top(); }
  void keep_next() { keep(static_cast<std::uint32_t>(memo_.size())); }
  void recall(std::uint32_t key);

  // To the list or mapping on top.
  void append(PickleValue::Kind kind, const std::vector<Id>& items);
  // A list in the memo can be copied by every opcode: those items count.
  void count_copied(std::size_t n);

  const PickleValue& value(Id id) const {
    assert(id < values_.size());
    return values_[id];
  }
  std::vector<PickleValue> take() { return std::move(values_); }

  [[noreturn]] void refuse(const std::string& found,
                           const std::string& expected) const;

 private:
  const std::string& file_;
  std::vector<PickleValue> values_;
  std::vector<Id> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::uint32_t, Id> memo_;
  std::size_t copied_ = 0;  // items
};

}  // namespace coxswain::storage
