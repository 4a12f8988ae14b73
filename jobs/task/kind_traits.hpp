#pragma once

#include <cstdint>

namespace coxswain::jobs {

// Which alternative of Task a task is.
enum class TaskKind : std::uint8_t {};

// What is to be known of a kind of task beside its fields. Every kind
// specialises it beside its struct, with all of these members:
//   std::uint8_t kNumber     its place in Task. On disk: never renumber
//   const char* kName        as people read it, and as calibrations are kept
//   std::uint32_t kVersion   to be raised when results change for equal fields
//   int kOrder               in the work of a sweep; no two kinds are equal
//   bool kTimed              whether a calibration times it
//   bool kCut                whether a smaller one of its shapes can be timed
//   bool kCleanPasses        whether its work is what extracting is
template <class Task>
struct KindTraits;

// kKindOf<ExtractTask>: what kind_of() says of such a task.
template <class Task>
constexpr TaskKind kKindOf{KindTraits<Task>::kNumber};

}  // namespace coxswain::jobs
