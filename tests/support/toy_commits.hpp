#pragma once

#include <string>

#include "storage/run/journal.hpp"

namespace coxswain::tests {

// A commit whose fields all follow from the name of its task.
inline storage::Commit toy_commit(const std::string& task,
                                  const std::string& result) {
  storage::Commit one;
  one.task = storage::key_of(task);
  one.worker = 2;
  one.attempt = 1;
  one.seconds = 0.5;
  one.result = result;
  one.bulk = {"shards/" + task, {32, 7, 99}};
  return one;
}

}  // namespace coxswain::tests
