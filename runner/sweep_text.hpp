#pragma once

#include <string>
#include <vector>

#include "runner/sweep_file.hpp"

namespace coxswain::runner {

// How sweep files spell enumerations, each in its enumeration's order.
extern const std::vector<std::string> kComputeTypes, kDecoderNorms, kBDecInputs,
    kNormRules, kDoseRules, kLetters, kLongTexts, kExcludedTokens,
    kStoredTokens, kStoredKinds;

// The sweep as TOML, all defaults filled in, without its folder.
std::string effective_text(const Sweep& sweep);

}  // namespace coxswain::runner
