#pragma once

#include <cstdint>
#include <string_view>

namespace coxswain::storage {

// Why an attempt at a task failed. It decides whether the task is tried again:
// runner/base/README.md has the table.
enum class FailureKind : std::uint8_t {
  unknown,  // nothing tells; failures in journals of earlier versions, too
  input,    // what is in a file, or the task, can't be used as it is
  numbers,  // an infinity, or what is no number, in weights or results
  memory,   // the processor's or the device's did not suffice
  device,   // a GPU refused to compute
  files,    // the system refused to read or write a file
  lost,     // the worker died, hangs, or is not heard of
};

// As journals, status and reports spell it.
std::string_view name_of(FailureKind kind);

// unknown for a name that this version does not know.
FailureKind failure_kind_of(std::string_view name);

}  // namespace coxswain::storage
