#include "runner/growth/earlier_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <optional>

#include "runner/base/exit_code.hpp"
#include "runner/growth/field_words.hpp"
#include "runner/growth/inputs_file.hpp"
#include "runner/growth/sealed_files.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"

namespace coxswain::runner {
namespace {

// Digests that nothing was read for, and versions of the program that runs now.
void forget_unknown(RunInputs& inputs) {
  for (auto& [subject, facts] : inputs.groups) {
    for (const char* field :
         {field::kModelFile, field::kSaeFile, field::kStoredFile,
          field::kDataFile, field::kVersion}) {
      facts.erase(field);
    }
  }
}

// How tasks speak of such a file: the field of its digest, another one that
// those have who read it, and who names it.
struct FileField {
  const char* digest;
  const char* beside;
  std::string Subject::*name;
};
FileField field_of(SealedFile::Kind kind) {
  switch (kind) {
    case SealedFile::Kind::model:
      return {field::kModelFile, field::kCompute, &Subject::model};
    case SealedFile::Kind::sae:
      return {field::kSaeFile, field::kSettings, &Subject::sae};
    case SealedFile::Kind::data:
      break;
  }
  return {field::kDataFile, field::kTemplate, &Subject::behaviour};
}

void put_sealed(const SealedInputs& sealed, RunInputs& inputs) {
  for (const SealedFile& file : sealed.files) {
    const FileField of = field_of(file.kind);
    for (auto& [subject, facts] : inputs.groups) {
      if (subject.*of.name == file.name && facts.contains(of.beside)) {
        facts[of.digest].add_last(file.digest);
      }
    }
  }
}

}  // namespace

Earlier earlier_inputs(const storage::RunDirectory& run,
                       const storage::JournalState& journal, const Plan& plan) {
  NotedInputs noted = read_inputs(run);
  Earlier earlier;
  if (noted.inputs) {
    earlier.inputs = std::move(*noted.inputs);
    return earlier;
  }
  earlier.noted = false;
  try {
    const Sweep sweep =
        parse_sweep(journal.identity.sweep, run.journal_folder(),
                    plan.sweep.folder, plan.sweep.hub);
    const Plan before = make_plan(sweep, *stand_in_digests());
    earlier.inputs = inputs_of(before, facts_of(before));
  } catch (const std::exception& error) {
    earlier.notes.push_back(
        fmt::format("the sweep of the start before can't be worked out again: "
                    "{}",
                    sentence_of(error)));
  }
  forget_unknown(earlier.inputs);
  std::optional<SealedInputs> sealed;
  try {
    sealed = read_sealed_inputs(run);
  } catch (const storage::StorageError&) {
    // Held by somebody: what it is made of is not known now.
  }
  if (sealed) put_sealed(*sealed, earlier.inputs);
  earlier.notes.push_back(fmt::format(
      "{}; {}",
      noted.fault.empty() ? "made by an older program that did not note its "
                            "files"
                          : noted.fault,
      sealed ? "compared with the newest start's sweep and results.h5"
             : "compared with the newest start's sweep alone: whether a file "
               "changed is not known"));
  return earlier;
}

}  // namespace coxswain::runner
