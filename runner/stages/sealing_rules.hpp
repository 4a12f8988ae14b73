#pragma once

#include <cstdint>

#include "analysis/measures/silenced_features.hpp"

namespace coxswain::runner {

// What sealing decides by itself: which of what tasks found results.h5 keeps.
// All of it is part of `contents`, so that a program that decides otherwise
// seals a complete run anew; nothing is computed for that. Runs that start
// from activations of a sealed one (`[vector] from`) have its file's digest in
// their keys: they are computed anew when it is.
struct SealingRules {
  // Raise it whenever the same results give other tables or arrays.
  std::uint32_t version = 1;
  // Features whose contexts are kept: of a vector's ranked ones, the first so
  // many, and those of the paper's Figure 4, which fire on less than this share
  // of both sides.
  std::int32_t named_ranks = 10;
  double rare_rate = analysis::kRareRate;
  // Tokens of a context on either side of the one where the feature fires.
  std::int32_t tokens_before = 40, tokens_after = 20;

  bool operator==(const SealingRules&) const = default;
};

// What was decided before rules were part of `contents`: these add nothing to
// it, so that files of those programs stay as they are. Never change them.
constexpr SealingRules kFirstRules{1, 10, 0.05, 40, 20};

}  // namespace coxswain::runner
