#pragma once

#include <cstdint>
#include <string>

#include "jobs/task/decompose_task.hpp"

namespace coxswain::runner {

// How a field's values are told.
enum class FieldKind : std::uint8_t {
  listed,   // each task has some, and they are named
  unnamed,  // each task has some, whose values are digests: they are counted
  setting,  // each task has one, which is named
  digest,   // each task has one, of a file
};

// A field of tasks, as sentences have it.
struct FieldWords {
  const char* field;  // its key in inputs.json
  const char* one;    // of its values
  FieldKind kind;
};

// Of a field that another program wrote: as a setting.
FieldWords words_of_field(const std::string& field);

// Which of several decompositions of a vector: "disjoint:32 0"; one of features
// that the user names by these, "support:2 4+9".
std::string draw_words(const jobs::DecompositionRequest& one);

namespace field {
// Lists.
constexpr const char* kModel = "model";  // of subjects alone
constexpr const char* kLayer = "layer";
constexpr const char* kPair = "pair";
constexpr const char* kItem = "item";
constexpr const char* kText = "text";
constexpr const char* kMultiplier = "multiplier";
constexpr const char* kVariant = "variant";
constexpr const char* kSae = "sae";
constexpr const char* kBehaviour = "behaviour";
constexpr const char* kOther = "other";
constexpr const char* kMethod = "method";
constexpr const char* kScale = "scale";
constexpr const char* kControl = "control";
constexpr const char* kBDecInput = "b_dec_input";
constexpr const char* kBDecOutput = "b_dec_output";
constexpr const char* kPart = "part";
constexpr const char* kNorm = "norm";
constexpr const char* kDose = "dose";
constexpr const char* kOperation = "operation";  // other than add
constexpr const char* kTogether = "together";    // layers that act at once
constexpr const char* kFeature = "feature";      // of an SAE
constexpr const char* kClamp = "clamp";          // what it is set to
constexpr const char* kDraw = "draw";
constexpr const char* kSeed = "seed";
// Settings.
constexpr const char* kVersion = "version";
constexpr const char* kThreads = "threads";
constexpr const char* kCompute = "compute";
constexpr const char* kMemory = "memory_mb";
constexpr const char* kSweepSeed = "sweep_seed";
constexpr const char* kKept = "keeps_activations";
constexpr const char* kTemplate = "template";
constexpr const char* kSystem = "system";
constexpr const char* kAnswers = "answers";
constexpr const char* kLetters = "letters";
constexpr const char* kPositions = "positions";
constexpr const char* kLetterMass = "letter_mass";
constexpr const char* kTop = "top";
constexpr const char* kDifferences = "differences";
constexpr const char* kPlantedAtoms = "planted_atoms";
constexpr const char* kShuffles = "sign_shuffles";
constexpr const char* kFit = "fit";
constexpr const char* kSettings = "settings";
constexpr const char* kSinks = "without_sinks";
constexpr const char* kContexts = "contexts";
constexpr const char* kDtype = "dtype";
constexpr const char* kVectorMethod = "vector_method";
// Files.
constexpr const char* kModelFile = "model_file";
constexpr const char* kSaeFile = "sae_file";
constexpr const char* kStoredFile = "stored_file";
constexpr const char* kDataFile = "data_file";
constexpr const char* kOwnVector = "own_vector";
}  // namespace field

}  // namespace coxswain::runner
