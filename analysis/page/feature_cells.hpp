#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/forms/table.hpp"
#include "analysis/measures/feature_contexts.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// What a page shows of features has an end; names behind it say where the rest
// is.
constexpr std::size_t kMostContextBytes = std::size_t{4} << 20U;

// Where the features that a table names fire, beside their names: each cell
// that names some opens to the contexts of each, in the order in which it names
// them. The results have to outlive it.
class FeatureCells {
 public:
  explicit FeatureCells(const storage::Results& results,
                        std::size_t most_bytes = kMostContextBytes);

  // What the cells of a table's row open to, HTML by column; empty: nothing.
  std::vector<std::string> opened(const Table& table, std::size_t row);
  // Whether any cell of the table opens.
  bool opens(const Table& table) const;

 private:
  bool has_contexts(const NamedFeatures& named) const;
  std::string html_of(const NamedFeatures& named) const;

  ContextsOfFeatures contexts_;
  std::size_t left_;  // bytes
};

}  // namespace coxswain::analysis
