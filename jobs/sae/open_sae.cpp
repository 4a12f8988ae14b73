// Checks that every SAE goes through, whatever its format.

#include "jobs/sae/open_sae.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "jobs/sae/formats/hub_path.hpp"
#include "jobs/sae/formats/sae_format.hpp"
#include "jobs/task/job_error.hpp"
#include "jobs/task/source_digest.hpp"
#include "storage/files/digest.hpp"

namespace coxswain::jobs {
namespace {

std::vector<std::int64_t> expected_shape(const SaeHeader& header,
                                         const std::string& role) {
  if (role == "W_enc") return {header.d_in, header.d_sae};
  if (role == "W_dec") return {header.d_sae, header.d_out};
  if (role == "W_skip") return {header.d_out, header.d_in};
  if (role == "b_dec") return {header.d_out};
  return {header.d_sae};
}

void check_tensor(const SaeFiles& files, const std::string& role,
                  const SaeTensor& tensor) {
  const storage::TensorFile& file = *files.containers.at(tensor.file);
  const auto found = file.tensors().find(tensor.name);
  if (found == file.tensors().end()) {
    throw JobError(
        {file.path(), tensor.name, "no such tensor",
         "it: " + role + " of a " + name_of(files.header.architecture) + " SAE",
         ""});
  }
  using storage::DType;
  const DType dtype = found->second.dtype;
  if (dtype != DType::f32 && dtype != DType::f64 && dtype != DType::f16 &&
      dtype != DType::bf16) {
    throw JobError({file.path(), tensor.name,
                    "numbers of kind " + std::string(storage::name_of(dtype)),
                    "floating-point ones", ""});
  }
  std::vector<std::int64_t> shape = found->second.shape;
  if (std::any_of(shape.begin(), shape.end(), [](auto n) { return n < 1; })) {
    throw JobError(
        {file.path(), tensor.name,
         "shape " + storage::shape_text(shape) + ", which is empty",
         role + " of a " + name_of(files.header.architecture) + " SAE",
         "the file was not written whole"});
  }
  // A sum over targets has one dimension less; one number serves all features.
  if (tensor.summed && shape.size() == 3) shape.erase(shape.begin() + 1);
  if (role == "threshold" && shape.empty()) return;
  std::vector<std::int64_t> expected = expected_shape(files.header, role);
  if (tensor.transposed) std::swap(expected[0], expected[1]);
  if (shape != expected) {
    throw JobError({file.path(), tensor.name,
                    "shape " + storage::shape_text(found->second.shape),
                    storage::shape_text(expected) + ": " + role + " of d_in " +
                        std::to_string(files.header.d_in) + ", d_sae " +
                        std::to_string(files.header.d_sae),
                    ""});
  }
}

void check_header(const SaeFiles& files) {
  const SaeHeader& header = files.header;
  const std::string& where = files.paths.front();
  if (header.d_in < 1 || header.d_sae < 1 || header.d_out < 1) {
    throw JobError(
        {where, "d_in, d_sae",
         std::to_string(header.d_in) + ", " + std::to_string(header.d_sae),
         "positive sizes", ""});
  }
  const bool counts = header.architecture == SaeArchitecture::top_k ||
                      header.architecture == SaeArchitecture::abs_top_k ||
                      header.architecture == SaeArchitecture::group_max;
  if (counts && (header.k < 1 || header.k > header.d_sae)) {
    throw JobError({where, "k",
                    header.k == 0 ? "none" : std::to_string(header.k),
                    "1 to d_sae = " + std::to_string(header.d_sae),
                    header.k == 0 ? "say k in [[sae]]: its files don't" : ""});
  }
  if (header.architecture == SaeArchitecture::group_max &&
      header.d_sae % header.k != 0) {
    throw JobError({where, "k", std::to_string(header.k),
                    "a divisor of d_sae = " + std::to_string(header.d_sae),
                    "groups must be of one size"});
  }
}

// Refuses folding where the norms decide which features are kept: making them 1
// would make another SAE.
void refuse_folding(const std::string& path, const SaeHeader& header) {
  switch (header.architecture) {
    case SaeArchitecture::top_k:
    case SaeArchitecture::abs_top_k:
      if (header.rescaled) return;
      break;
    case SaeArchitecture::group_max:
    case SaeArchitecture::matching_pursuit:
      break;
    default:
      return;
  }
  throw JobError({path, "decoder_norms", "folded",
                  "as-stored: a " + std::string(name_of(header.architecture)) +
                      " SAE keeps other features then",
                  ""});
}

void check_no_others(const SaeFiles& files) {
  for (std::size_t i = 0; i < files.containers.size(); ++i) {
    for (const auto& [name, stored] : files.containers[i]->tensors()) {
      bool known =
          files.ignored.contains(name) || files.ignored_if_ones.contains(name);
      for (const auto& [role, tensor] : files.tensors) {
        known = known || (tensor.file == i && tensor.name == name);
      }
      if (known) continue;
      throw JobError({files.containers[i]->path(), name, "a tensor",
                      "none of this name in a " +
                          std::string(name_of(files.header.architecture)) +
                          " SAE",
                      "check the architecture"});
    }
  }
}

// The numbers of a tensor that is small beside the matrices.
std::vector<float> small_values(const SaeFiles& files,
                                const SaeTensor& tensor) {
  const storage::TensorFile& file = *files.containers.at(tensor.file);
  std::vector<float> values =
      storage::floats(storage::read_whole(file, tensor.name));
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (tensor.exponent) values[i] = std::exp(values[i]);
    if (std::isfinite(values[i])) continue;
    throw JobError({file.path(), tensor.name + "[" + std::to_string(i) + "]",
                    "infinite, or not a number", "finite numbers",
                    "the file is damaged"});
  }
  return values;
}

// What can be known of the numbers before a task needs all of them: biases,
// thresholds and factors.
void check_small(SaeFiles& files) {
  bool all_zero = true;
  for (const char* role :
       {"b_enc", "b_dec", "b_gate", "b_mag", "r_mag", "threshold"}) {
    const auto found = files.tensors.find(role);
    if (found == files.tensors.end()) continue;
    for (const float value : small_values(files, found->second)) {
      all_zero = all_zero && value == 0;
    }
  }
  if (all_zero) {
    files.header.notes.emplace_back(
        "its biases are all 0, as they are before training: coxswain check "
        "measures how well it fits");
  }
  for (std::size_t i = 0; i < files.containers.size(); ++i) {
    const storage::TensorFile& file = *files.containers[i];
    for (const std::string& name : files.ignored_if_ones) {
      const auto found = file.tensors().find(name);
      if (found == file.tensors().end()) continue;
      const bool fits =
          found->second.shape == std::vector<std::int64_t>{files.header.d_sae};
      const auto values = fits ? small_values(files, {.name = name, .file = i})
                               : std::vector<float>{0};
      if (std::any_of(values.begin(), values.end(),
                      [](float value) { return value != 1; })) {
        throw JobError(
            {file.path(), name, "factors other than 1",
             "only ones: SAELens itself fails on others",
             "multiply the rows of W_dec by them, and leave " + name + " out"});
      }
    }
  }
}

// Whether what folders are called contradicts what files say.
bool contradicts(const Site& said, const Site& named) {
  const Site files = as_output(said), folders = as_output(named);
  const bool other_kind = files.kind != SiteKind::unknown &&
                          folders.kind != SiteKind::unknown &&
                          files.kind != folders.kind;
  // Whoever calls a folder by a block may count as the files do, or as we do.
  const bool other_layer = files.layer >= 0 && folders.layer >= 0 &&
                           folders.layer != files.layer &&
                           named.layer != said.layer;
  return other_kind || other_layer;
}

// Where it was trained, if its files don't say it whole: what its folders are
// called. What files say goes before.
void add_site(const std::string& path, SaeHeader& header) {
  const NamedSite named = site_of_path(HubPath(path));
  const Site said = site_named(header.hook);
  if (named.names.empty()) return;
  if (contradicts(said, named.site)) {
    header.notes.push_back(header.hook_from + " is " +
                           storage::printable(header.hook) + ", but the " +
                           named.names + " says " + describe(named.site) +
                           ": the files are believed");
    return;
  }
  Site both = said;
  if (both.kind == SiteKind::unknown) both.kind = named.site.kind;
  const bool placed = said.layer >= 0 || said.kind == SiteKind::embedding;
  if (!placed) both.layer = named.site.layer;
  if (both == said) return;
  header.hook = hook_of(both);
  header.hook_from =
      (said == Site{} ? "" : header.hook_from + ", ") + named.names;
}

// W_enc *= s, W_dec /= s, b_dec /= s: what encodes s x now encodes x.
void apply_input_scale(const std::string& path, const SaeOptions& options,
                       SaeFiles& files) {
  SaeHeader& header = files.header;
  header.input_scale =
      options.input_scale > 0 ? options.input_scale : files.input_scale;
  if (header.input_scale == 1) return;
  if (header.normalisation != InputNormalisation::none ||
      header.architecture == SaeArchitecture::matching_pursuit) {
    throw JobError({path, "input_scale", std::to_string(header.input_scale),
                    "none: what it encodes is not scaled by a constant", ""});
  }
  files.tensors.at("W_enc").factor *= header.input_scale;
  files.tensors.at("W_dec").factor /= header.input_scale;
  files.tensors.at("b_dec").factor /= header.input_scale;
}

// All that codes depend on beside the files' bytes: see SaeHeader::facts.
std::string facts_of(const SaeFiles& files, const SaeOptions& options) {
  const SaeHeader& header = files.header;
  std::string facts = fmt::format(
      "{} {} {} d={},{},{} b_dec={} k={} rescaled={} fold={} threshold={}",
      header.format, name_of(header.architecture),
      name_of(header.normalisation), header.d_in, header.d_sae, header.d_out,
      header.b_dec_input, header.k, header.rescaled, files.folds(options),
      files.constant_threshold.value_or(0));
  for (const auto& [role, tensor] : files.tensors) {
    facts += fmt::format(" {}={}*{}", role, tensor.name, tensor.factor);
  }
  return facts;
}

}  // namespace

SaeFiles open_sae(const std::string& path, const SaeOptions& options) {
  const SaeFormat& format = sae_format_of(path, options);
  SaeFiles files = format.open(path, options);
  files.header.format = format.name;
  files.header.files = files.paths;
  if (options.k > 0 && options.k != files.header.k) {
    throw JobError({path, "k", std::to_string(options.k),
                    files.header.k > 0
                        ? std::to_string(files.header.k) + ", as its files say"
                        : "none: a " +
                              std::string(name_of(files.header.architecture)) +
                              " SAE keeps no fixed number of features",
                    ""});
  }
  check_header(files);
  if (options.decoder_norms == DecoderNorms::folded) {
    refuse_folding(path, files.header);
  }
  for (const auto& [role, tensor] : files.tensors) {
    check_tensor(files, role, tensor);
  }
  // A tensor nobody asked for is how another architecture shows.
  check_no_others(files);
  check_small(files);
  add_site(path, files.header);
  apply_input_scale(path, options, files);
  files.header.in_blocks =
      !files.folds(options) && !files.tensors.at("W_dec").summed &&
      files.header.architecture != SaeArchitecture::matching_pursuit;
  // Last of all: it has to name everything that the options changed.
  files.header.facts = facts_of(files, options);
  return files;
}

SaeHeader read_sae_header(const std::string& path, const SaeOptions& options) {
  return open_sae(path, options).header;
}

std::string sae_digest(const SaeHeader& header) {
  return sae_digest(header, storage::sha256_of_file);
}

}  // namespace coxswain::jobs
