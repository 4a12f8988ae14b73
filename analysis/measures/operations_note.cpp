#include "analysis/measures/operations_note.hpp"

#include <algorithm>

#include "storage/results/enumerations.hpp"

namespace coxswain::analysis {

std::string operations_note(const storage::Results& results) {
  using storage::Operation;
  std::string out;
  const auto say = [&](Operation operation, const char* words) {
    const bool there = std::ranges::any_of(
        results.variants, [&](const storage::VariantRow& row) {
          return is(row.operation, operation);
        });
    if (!there) return;
    out += out.empty() ? "operations other than addition: " : "; ";
    out += std::string(name_of(operation)) + ", " + words;
  };
  say(Operation::project_out,
      "per share of the component along the vector that is taken out");
  say(Operation::add_keep_norm,
      "per vector added, activations as long as before");
  say(Operation::rotate,
      "per degree that activations are turned towards the vector");
  say(Operation::clamp,
      "per way from what the feature is at a token to the value that it is "
      "set to, the SAE's error kept");
  return out.empty() ? out
                     : out +
                           ". Their slopes are in these units, and none is "
                           "compared with another operation's.";
}

}  // namespace coxswain::analysis
