#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runner/sweep/sweep.hpp"

namespace coxswain::runner {

// How sweep files spell enumerations, each in its enumeration's order.
extern const std::vector<std::string> kComputeTypes, kDecoderNorms, kBDecInputs,
    kNormRules, kDoseRules, kOperations, kLetters, kOptions, kScored,
    kSplitRules, kLongTexts, kExcludedTokens, kStoredTokens, kStoredKinds;

const char* name_of(jobs::ComputeType compute);
std::optional<jobs::ComputeType> compute_named(const std::string& name);

// The sweep as TOML, all defaults filled in, without its folder.
std::string effective_text(const Sweep& sweep);
// The beginning of it that says what is computed: all but [report].
std::string computed_text(const Sweep& sweep);

}  // namespace coxswain::runner
