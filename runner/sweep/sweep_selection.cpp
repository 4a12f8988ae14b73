#include "runner/sweep/sweep_selection.hpp"

#include <algorithm>

namespace coxswain::runner {
namespace {

// How a property of a cell stands to the values of a choice.
enum class Fit : std::uint8_t { unsaid, absent, other, one };

template <class T>
Fit fit(const std::vector<T>& values, const std::optional<T>& value) {
  if (values.empty()) return Fit::unsaid;
  if (!value) return Fit::absent;
  return std::ranges::count(values, *value) > 0 ? Fit::one : Fit::other;
}

Fit fit(const std::vector<std::string>& values, const std::string& value) {
  return fit(values, value.empty() ? std::nullopt : std::optional(value));
}

// As the best of several.
Fit fit(const std::vector<std::string>& values,
        const std::vector<std::string>& names) {
  if (values.empty()) return Fit::unsaid;
  if (names.empty()) return Fit::absent;
  return std::ranges::find_first_of(values, names) != values.end() ? Fit::one
                                                                   : Fit::other;
}

template <class Accept>
bool all(const CellChoice& choice, const CellTraits& cell, Accept&& accept) {
  return accept(fit(choice.models, cell.model)) &&
         accept(fit(choice.behaviours, cell.behaviour)) &&
         accept(fit(choice.saes, cell.sae)) &&
         accept(fit(choice.variants, cell.variants)) &&
         accept(fit(choice.operations, cell.operation)) &&
         accept(fit(choice.methods, cell.method)) &&
         accept(fit(choice.layers, cell.layer)) &&
         accept(fit(choice.multipliers, cell.multiplier));
}

}  // namespace

Selection::Selection(CellChoice only, std::vector<CellChoice> exclusions)
    : only_(std::move(only)),
      exclusions_(std::move(exclusions)),
      matched_(exclusions_.size(), false) {}

bool Selection::keeps(const CellTraits& cell) {
  bool excluded = false;
  for (std::size_t i = 0; i < exclusions_.size(); ++i) {
    const bool out = all(exclusions_[i], cell, [](Fit fit) {
      return fit == Fit::unsaid || fit == Fit::one;
    });
    if (!out) continue;
    matched_[i] = true;
    excluded = true;
  }
  return !excluded &&
         all(only_, cell, [](Fit fit) { return fit != Fit::other; });
}

const CellChoice* Selection::unmatched() const {
  if (says_something(only_)) return nullptr;
  for (std::size_t i = 0; i < exclusions_.size(); ++i) {
    if (!matched_[i]) return &exclusions_[i];
  }
  return nullptr;
}

bool says_something(const CellChoice& choice) {
  return !(choice.models.empty() && choice.behaviours.empty() &&
           choice.saes.empty() && choice.variants.empty() &&
           choice.operations.empty() && choice.methods.empty() &&
           choice.layers.empty() && choice.multipliers.empty());
}

}  // namespace coxswain::runner
