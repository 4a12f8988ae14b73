#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace coxswain::analysis {

// What is named of one kind for a report to single out; without values the
// report's own rule says it.
template <class T>
struct Choice {
  std::vector<T> values = {};
  // Named or changed when the sweep had been started: numbers may have been
  // seen by then, so that it counts as one of all that could have been named.
  bool afterwards = false;

  // Whether numbers can't have been the reason.
  bool beforehand() const { return !values.empty() && !afterwards; }
  bool operator==(const Choice&) const = default;
};

// The main table has no more rows, and at least as many as one behaviour's:
// original, reconstruction, that of the zero vector, noise.
constexpr std::size_t kMostMainRows = 12, kFewestMainRows = 4;

// What a report singles out and how its main table looks, as far as the sweep
// ([report]) or its reader says it. Nothing that is computed depends on it.
struct ReportChoices {
  Choice<std::int32_t> layers;
  Choice<std::string> methods;    // as method_name() spells them: "omp:32"
  Choice<std::string> contrasts;  // row_word()s of the main family
  std::size_t most_rows = kMostMainRows;
  std::vector<std::string> rows;     // row_word()s, below each original
  std::vector<std::string> columns;  // main_column_names(), in that order
  std::optional<int> decimals;       // of slopes and shares in the main table

  bool operator==(const ReportChoices&) const = default;
};

}  // namespace coxswain::analysis
