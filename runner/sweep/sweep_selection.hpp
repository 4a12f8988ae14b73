#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jobs/task/task.hpp"

namespace coxswain::runner {

// Values of some of the properties that cells have; empty: not said. Methods,
// variants and operations as the sweep file spells them.
struct CellChoice {
  std::vector<std::string> models, behaviours, saes, variants, operations,
      methods;
  std::vector<int> layers;
  std::vector<double> multipliers;
  std::string where;  // in the sweep file, for errors
};

// What a cell, or a group of cells, is about; empty: it has no such property.
struct CellTraits {
  std::string model, behaviour, sae, operation, method;
  std::vector<std::string> variants;  // the names that it goes by
  std::optional<int> layer;
  std::optional<double> multiplier;
};

// Which cells of a sweep's grid are wanted.
class Selection {
 public:
  // A cell must have one of the values of `only` in each property that both
  // speak of; an exclusion takes out the cells that have one of its values in
  // each of its properties.
  Selection(CellChoice only, std::vector<CellChoice> exclusions);

  bool keeps(const CellTraits& cell);

  // The first exclusion that took nothing out; nullptr if there is none, or if
  // `only` may be why.
  const CellChoice* unmatched() const;

 private:
  CellChoice only_;
  std::vector<CellChoice> exclusions_;
  std::vector<bool> matched_;
};

// Whether it says anything.
bool says_something(const CellChoice& choice);

}  // namespace coxswain::runner
