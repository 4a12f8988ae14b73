#include "runner/growth/field_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "jobs/decomposition/method_names.hpp"

namespace coxswain::runner {
namespace {

using enum FieldKind;

constexpr auto kFields = std::to_array<FieldWords>({
    {field::kModel, "model", listed},
    {field::kLayer, "layer", listed},
    {field::kPair, "training pair", unnamed},
    {field::kItem, "test item", unnamed},
    {field::kText, "reference text", unnamed},
    {field::kMultiplier, "multiplier", listed},
    {field::kVariant, "variant", listed},
    {field::kSae, "SAE", listed},
    {field::kBehaviour, "behaviour", listed},
    {field::kOther, "vector of another behaviour:", listed},
    {field::kMethod, "method", listed},
    {field::kScale, "scale", listed},
    {field::kControl, "control", listed},
    {field::kBDecInput, "b_dec_input", listed},
    {field::kBDecOutput, "b_dec_output", listed},
    {field::kPart, "part", listed},
    {field::kNorm, "norm", listed},
    {field::kDose, "dose", listed},
    {field::kOperation, "operation", listed},
    {field::kTogether, "vectors that act together on", listed},
    {field::kFeature, "feature", listed},
    {field::kClamp, "value that features are clamped to:", listed},
    {field::kDraw, "draw", listed},
    {field::kSeed, "seed", listed},
    {field::kVersion, "version", setting},
    {field::kThreads, "threads", setting},
    {field::kCompute, "compute", setting},
    {field::kMemory, "memory_mb", setting},
    {field::kSweepSeed, "the sweep's seed", setting},
    {field::kKept, "activations are kept:", setting},
    {field::kTemplate, "template", setting},
    {field::kSystem, "system", setting},
    {field::kAnswers, "answers", setting},
    {field::kLetters, "letters", setting},
    {field::kPositions, "positions", setting},
    {field::kLetterMass, "letter-mass", setting},
    {field::kTop, "top", setting},
    {field::kDifferences, "differences", setting},
    {field::kPlantedAtoms, "planted_atoms", setting},
    {field::kShuffles, "sign_shuffles", setting},
    {field::kFit, "fit", setting},
    {field::kSettings, "settings", setting},
    {field::kSinks, "without sinks:", setting},
    {field::kContexts, "contexts", setting},
    {field::kDtype, "dtype", setting},
    {field::kVectorMethod, "the vector's method", setting},
    {field::kModelFile, "model", digest},
    {field::kSaeFile, "SAE", digest},
    {field::kStoredFile, "stored activations", digest},
    {field::kDataFile, "data of", digest},
    {field::kOwnVector, "the numbers of", digest},
});

}  // namespace

FieldWords words_of_field(const std::string& field) {
  const auto found = std::ranges::find_if(
      kFields, [&](const FieldWords& one) { return field == one.field; });
  return found == kFields.end() ? FieldWords{"", "another field", setting}
                                : *found;
}

std::string draw_words(const jobs::DecompositionRequest& one) {
  const std::string method = jobs::spelling({one.method, one.parameter});
  return one.features.empty()
             ? fmt::format("{} {}", method, one.draw)
             : fmt::format("{} {}", method, fmt::join(one.features, "+"));
}

}  // namespace coxswain::runner
