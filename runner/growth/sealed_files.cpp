#include "runner/growth/sealed_files.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cassert>
#include <filesystem>

#include "runner/sweep/sweep_file.hpp"
#include "storage/files/durable_file.hpp"
#include "storage/files/file_error.hpp"
#include "storage/files/reading_lock.hpp"
#include "storage/results/h5.hpp"
#include "storage/results/rows/behaviour_row.hpp"
#include "storage/results/rows/model_row.hpp"
#include "storage/results/rows/sae_row.hpp"

namespace coxswain::runner {
namespace {

namespace fs = std::filesystem;

template <class Row>
void add_files(SealedFile::Kind kind, const std::vector<Row>& rows,
               std::vector<SealedFile>& files) {
  for (const Row& row : rows) {
    files.push_back({kind, row.name.str(), row.digest.str()});
  }
}

std::vector<SealedFile> files_of(
    const std::vector<storage::ModelRow>& models,
    const std::vector<storage::SaeRow>& saes,
    const std::vector<storage::BehaviourRow>& data) {
  std::vector<SealedFile> files;
  add_files(SealedFile::Kind::model, models, files);
  add_files(SealedFile::Kind::sae, saes, files);
  add_files(SealedFile::Kind::data, data, files);
  return files;
}

// Of a sum: how much of which file each.
std::string sources_of(const Sweep& sweep, const VectorFileEntry& sum) {
  std::string sources;
  for (const WeighedVector& part : sum.sum) {
    const auto found = std::ranges::find(sweep.vector_files, part.name,
                                         &VectorFileEntry::name);
    if (found == sweep.vector_files.end()) continue;
    sources += fmt::format("{}{} of {}", sources.empty() ? "" : ", ",
                           part.weight, found->source);
  }
  return sources;
}

// Of a data set, or of another vector on its items: one that a method makes of
// its pairs, or one of the user's own.
std::string source_of_data(const Sweep& sweep, const std::string& name) {
  for (const DataEntry& data : sweep.data) {
    for (const auto& method : jobs::kVectorMethods) {
      if (made_name(method.method, data.behaviour) == name) return data.source;
    }
    for (const VectorFileEntry& vector : sweep.vector_files) {
      if (own_name(vector, data.behaviour) != name) continue;
      return vector.sum.empty() ? vector.source : sources_of(sweep, vector);
    }
  }
  return "";
}

// What a sweep says where a file lies; "" for one that it does not name.
std::string source_in(const Sweep& sweep, SealedFile::Kind kind,
                      const std::string& name) {
  const auto source = [&](const auto& entries, const auto& member) {
    const auto found = std::ranges::find(entries, name, member);
    return found == entries.end() ? std::string() : found->source;
  };
  if (!sweep.stored.source.empty() && kind != SealedFile::Kind::sae) {
    return kind == SealedFile::Kind::data ? sweep.stored.source : "";
  }
  switch (kind) {
    case SealedFile::Kind::model:
      return source(sweep.models, &ModelEntry::id);
    case SealedFile::Kind::sae:
      return source(sweep.saes, &SaeEntry::id);
    case SealedFile::Kind::data:
      return source_of_data(sweep, name);
  }
  return "";
}

ExitCode code_of_kind(SealedFile::Kind kind) {
  switch (kind) {
    case SealedFile::Kind::model:
      return ExitCode::bad_model;
    case SealedFile::Kind::sae:
      return ExitCode::bad_sae;
    case SealedFile::Kind::data:
      return ExitCode::bad_data;
  }
  return ExitCode::bad_sweep;
}

const char* word_of(SealedFile::Kind kind) {
  switch (kind) {
    case SealedFile::Kind::model:
      return "model";
    case SealedFile::Kind::sae:
      return "SAE";
    case SealedFile::Kind::data:
      return "data of";
  }
  return "";
}

// "20261130T112233Z": when a file was written.
std::string time_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    throw storage::file_error(path, "stat", errno);
  }
  return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(status.st_mtime));
}

// Whether the file has the second name now; false: something has it already.
bool give_name(const std::string& path, const std::string& name) {
  std::error_code error;
  fs::create_hard_link(path, name, error);
  if (!error) return true;
  if (fs::exists(fs::symlink_status(name))) return false;
  // A file system without second names: the run is locked, nobody else keeps.
  fs::rename(path, name);
  return true;
}

}  // namespace

std::optional<SealedInputs> read_sealed_inputs(
    const storage::RunDirectory& run) {
  std::error_code ignored;
  if (!fs::exists(run.results(), ignored)) return std::nullopt;
  try {
    const storage::H5File file = storage::H5File::open(run.results());
    const std::int64_t version = file.integer_attribute("/", "format_version");
    const auto rows = [&]<class Row>(Row /*of*/) {
      return storage::read_rows_of<Row>(file, Row::schema().path, version);
    };
    return SealedInputs{
        file.read_text("sweep"),
        files_of(rows(storage::ModelRow()), rows(storage::SaeRow()),
                 rows(storage::BehaviourRow()))};
  } catch (const storage::FileHeld&) {
    throw;
  } catch (const storage::StorageError&) {
    return std::nullopt;  // damaged: it is sealed again
  }
}

std::vector<ChangedFile> changed_files(const SealedInputs& sealed,
                                       const Plan& plan) {
  std::optional<Sweep> before;  // none: the text is of another grammar
  try {
    before = parse_sweep(sealed.sweep, "results.h5", plan.sweep.folder,
                         plan.sweep.hub);
  } catch (const ProgramError&) {
    // Files are told by their names alone.
  }
  std::vector<ChangedFile> changed;
  const auto now =
      files_of(plan.tables.models, plan.tables.saes, plan.tables.behaviours);
  for (const SealedFile& file : now) {
    const std::string source = source_in(plan.sweep, file.kind, file.name);
    if (before && source_in(*before, file.kind, file.name) != source) continue;
    const SealedFile* other = nullptr;
    bool same = false;
    for (const SealedFile& one : sealed.files) {
      if (one.kind != file.kind || one.name != file.name) continue;
      other = &one;
      same = same || one.digest == file.digest;
    }
    if (same || other == nullptr ||
        std::ranges::any_of(changed, [&](const ChangedFile& one) {
          return one.kind == file.kind && one.name == file.name;
        })) {
      continue;
    }
    changed.push_back({file.kind, file.name, plan.sweep.resolve(source),
                       other->digest, file.digest});
  }
  return changed;
}

ProgramError refusal_of(const std::vector<ChangedFile>& changed,
                        const storage::RunDirectory& run) {
  assert(!changed.empty());
  const ChangedFile& first = changed.front();
  std::string others;
  for (std::size_t i = 1; i < changed.size(); ++i) {
    others += fmt::format("{} {}", i == 1 ? "; so did" : ",", changed[i].path);
  }
  return {code_of_kind(first.kind),
          storage::Fault{
              first.path, fmt::format("{} {}", word_of(first.kind), first.name),
              "SHA-256 " + first.now,
              fmt::format("{}, of which {} was made{}", first.before,
                          run.results(), others),
              "put the file back, name another run directory with --out, or "
              "replace these results with run --changed, which keeps them "
              "beside the new ones"}};
}

std::string keep_results(const storage::RunDirectory& run) {
  const std::string time = time_of(run.results());
  std::string stamp = time, kept;
  for (int i = 2;; ++i) {
    kept = run.kept_results(stamp);
    if (!fs::exists(run.kept_activations(stamp)) &&
        give_name(run.results(), kept)) {
      break;
    }
    stamp = fmt::format("{}-{}", time, i);
  }
  if (fs::exists(run.activations_folder())) {
    fs::rename(run.activations_folder(), run.kept_activations(stamp));
  }
  storage::sync_folder(run.path());
  fs::remove(run.results());
  storage::sync_folder(run.path());
  return kept;
}

}  // namespace coxswain::runner
