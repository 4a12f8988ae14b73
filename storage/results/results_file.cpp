#include "storage/results/results_file.hpp"

#include <filesystem>

#include "storage/files/durable_file.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::storage {
namespace {

constexpr const char* kFileType = "coxswain-results";

struct ArrayText {
  const char* name;
  const char* description;
  const char* units;
  const char* axes;
};
constexpr ArrayText kArrays[] = {
    {"vectors", "steering vectors", "activation", "tables/vectors, d_model"},
    {"positive_mean", "mean activation of the matching answers", "activation",
     "tables/vectors, d_model"},
    {"negative_mean", "mean activation of the other answers", "activation",
     "tables/vectors, d_model"},
    {"reconstructions", "what each decomposition adds up to", "activation",
     "tables/decompositions, d_model"},
    {"code_difference_cosines",
     "cosine of the feature's decoder row to that of each rank of the same "
     "vector and SAE",
     "1", "tables/code_differences, rank"},
    {"active_feature_cosines",
     "cosine of the feature's decoder row to that of each rank of "
     "tables/code_differences of the same vector and SAE",
     "1", "tables/active_features, rank"},
    {"variant_vectors", "the vectors that were added, at multiplier 1",
     "activation", "tables/variants, d_model"},
    {"codes/offsets",
     "coefficients of decomposition i are entries offsets[i] to "
     "offsets[i + 1] of features and values",
     "1", "tables/decompositions + 1"},
    {"codes/features", "index of the feature", "1", "coefficient"},
    {"codes/values", "its coefficient, never 0", "activation", "coefficient"},
    {"norm_quantiles",
     "at 0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99 and 0.999, within 0.3 "
     "%",
     "activation", "tables/norms, quantile"},
    {"norm_histograms/offsets",
     "bins of row i are entries offsets[i] to offsets[i + 1] of lower, upper "
     "and counts; those that are empty are left out",
     "1", "tables/norms + 1"},
    {"norm_histograms/lower", "where the bin begins", "activation", "bin"},
    {"norm_histograms/upper", "where it ends", "activation", "bin"},
    {"norm_histograms/counts", "activations in it", "1", "bin"},
    {"feature_activity/offsets",
     "feature j of row i is entry offsets[i] + j of the others", "1",
     "tables/feature_activity + 1"},
    {"feature_activity/rate", "share of the activations that it fires on", "1",
     "feature"},
    {"feature_activity/mean", "mean f(h), zeros among them", "activation",
     "feature"},
    {"feature_activity/max", "largest f(h)", "activation", "feature"},
    {"feature_activity/projection_mean", "mean <h, W_enc[:, j]>", "activation",
     "feature"},
    {"feature_activity/projection_sd", "of the population", "activation",
     "feature"},
};

void write_facts(H5File& file, const ResultsFacts& facts) {
  file.attribute("/", "filetype", std::string(kFileType));
  file.attribute("/", "format_version", std::int64_t{kResultsFormatVersion});
  file.attribute("/", "program_version", std::string(COXSWAIN_VERSION));
  file.attribute("/", "sweep_digest", facts.sweep_digest);
  file.attribute("/", "compute_dtype", facts.compute_dtype);
  file.attribute("/", "threads", facts.threads);
  file.attribute("/", "seed", facts.seed);
  file.attribute("/", "contents", facts.contents);
  file.attribute("/", "numerics_digest", facts.numerics_digest);
  file.write_text("sweep", facts.sweep, "the effective sweep file (TOML)");
}

}  // namespace

std::vector<std::string> result_arrays() {
  std::vector<std::string> names;
  for (const ArrayText& text : kArrays) names.emplace_back(text.name);
  return names;
}

std::string layer_path(const std::string& set_path, std::int32_t layer) {
  return set_path + "/layer_" + std::to_string(layer);
}

void create_activations(H5File& file, const ActivationSet& set,
                        std::int32_t layer, std::int64_t n_rows) {
  const std::string path = layer_path(set.path, layer);
  file.create_array(path, set.dtype, {n_rows, set.d_model},
                    "resid_post at a token, one row a row of rows",
                    "activation", "rows, d_model");
  if (set.dtype == DType::bf16) {
    file.attribute(path, "encoding",
                   std::string("bfloat16: the upper 16 bits of a float32"));
  }
}

ResultsWriter::ResultsWriter(std::string path)
    : path_(std::move(path)), temporary_(temporary_name(path_)) {
  std::filesystem::remove(temporary_);
  file_.emplace(H5File::create(temporary_));
}

void ResultsWriter::write(const Results& results) {
  H5File& file = *file_;
  write_facts(file, results.facts);
  for (const auto& [name, rows] : results.names) {
    write_rows_of(file, rows, "names/" + name);
  }
  write_rows_of(file, results.models);
  write_rows_of(file, results.saes);
  write_rows_of(file, results.devices);
  write_rows_of(file, results.behaviours);
  write_rows_of(file, results.items);
  write_rows_of(file, results.cells);
  write_rows_of(file, results.vectors);
  write_rows_of(file, results.decompositions);
  write_rows_of(file, results.features);
  write_rows_of(file, results.code_differences);
  write_rows_of(file, results.active_features);
  write_rows_of(file, results.variants);
  write_rows_of(file, results.propensity);
  write_rows_of(file, results.norms);
  write_rows_of(file, results.activity);
  write_rows_of(file, results.contexts);
  write_rows_of(file, results.activation_files);
  write_rows_of(file, results.activation_parts);
  for (const ArrayText& text : kArrays) {
    file.write_array(std::string("arrays/") + text.name,
                     at(results.arrays, text.name, "results"), text.description,
                     text.units, text.axes);
  }
}

void ResultsWriter::rows(const ActivationSet& set) {
  write_rows_of(*file_, set.rows, set.path + "/rows");
}

void ResultsWriter::begin(const ActivationSet& set) {
  rows(set);
  for (const std::int32_t layer : set.layers) {
    create_activations(*file_, set, layer, std::ssize(set.rows));
  }
}

void ResultsWriter::activations(const ActivationSet& set, std::int32_t layer,
                                std::int64_t first, std::string_view values) {
  file_->write_rows(layer_path(set.path, layer), first, values);
}

void ResultsWriter::finish() {
  file_->flush();
  file_.reset();
  publish_file(temporary_, path_);
}

Results read_results(const std::string& path) {
  const H5File file = H5File::open(path);
  if (file.text_attribute("/", "filetype") != kFileType) {
    throw StorageError(
        {path, "filetype", "another kind of file", kFileType, ""});
  }
  const std::int64_t version = file.integer_attribute("/", "format_version");
  if (version != kResultsFormatVersion) {
    throw StorageError(
        {path, "format_version", std::to_string(version),
         std::to_string(kResultsFormatVersion),
         "run its sweep again, which computes nothing anew, or use "
         "the program that wrote the file"});
  }
  Results results;
  results.facts = {file.text_attribute("/", "sweep_digest"),
                   file.read_text("sweep"),
                   file.text_attribute("/", "compute_dtype"),
                   file.integer_attribute("/", "threads"),
                   file.integer_attribute("/", "seed"),
                   file.text_attribute("/", "contents"),
                   file.text_attribute("/", "numerics_digest"),
                   file.text_attribute("/", "program_version")};
  for (const std::string& name : file.children("names")) {
    results.names.emplace_back(name,
                               read_rows_of<NameRow>(file, "names/" + name));
  }
  results.models = read_rows_of<ModelRow>(file);
  results.saes = read_rows_of<SaeRow>(file);
  results.devices = read_rows_of<DeviceRow>(file);
  results.behaviours = read_rows_of<BehaviourRow>(file);
  results.items = read_rows_of<ItemRow>(file);
  results.cells = read_rows_of<CellRow>(file);
  results.vectors = read_rows_of<VectorRow>(file);
  results.decompositions = read_rows_of<DecompositionRow>(file);
  results.features = read_rows_of<FeatureRow>(file);
  results.code_differences = read_rows_of<CodeDifferenceRow>(file);
  results.active_features = read_rows_of<ActiveFeatureRow>(file);
  results.variants = read_rows_of<VariantRow>(file);
  results.propensity = read_rows_of<PropensityRow>(file);
  results.norms = read_rows_of<NormRow>(file);
  results.activity = read_rows_of<ActivityRow>(file);
  results.contexts = read_rows_of<ContextRow>(file);
  results.activation_files = read_rows_of<ActivationFileRow>(file);
  results.activation_parts = read_rows_of<ActivationPartRow>(file);
  for (const ArrayText& text : kArrays) {
    results.arrays[text.name] =
        file.read_array(std::string("arrays/") + text.name);
  }
  return results;
}

}  // namespace coxswain::storage
