#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/results/h5.hpp"
#include "storage/results/results_schema.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::storage {

// Root attributes of results.h5: the same for equal runs.
struct ResultsFacts {
  std::string sweep_digest;
  std::string sweep;  // the effective sweep, TOML
  std::string compute_dtype;
  std::int64_t threads = 1;
  std::int64_t seed = 0;
  std::string contents;  // hash of the tasks that the file is made of
  std::string numerics_digest;
  std::string program_version;  // that the file was written by
};

// Which quantiles arrays/norm_quantiles has.
constexpr double kNormQuantiles[] = {0.001, 0.01, 0.05, 0.25, 0.5,
                                     0.75,  0.95, 0.99, 0.999};

// All tables and arrays but the activations. Arrays have the first axis of the
// table they belong to.
struct Results {
  ResultsFacts facts;
  // Enumeration name (the data set is names/<it>) and its rows.
  std::vector<std::pair<std::string, std::vector<NameRow>>> names;
  std::vector<ModelRow> models;
  std::vector<SaeRow> saes;
  std::vector<DeviceRow> devices;
  std::vector<BehaviourRow> behaviours;
  std::vector<ItemRow> items;
  std::vector<CellRow> cells;
  std::vector<VectorRow> vectors;
  std::vector<DecompositionRow> decompositions;
  std::vector<FeatureRow> features;
  std::vector<CodeDifferenceRow> code_differences;
  std::vector<ActiveFeatureRow> active_features;
  std::vector<VariantRow> variants;
  std::vector<PropensityRow> propensity;
  std::vector<NormRow> norms;
  std::vector<ActivityRow> activity;
  std::vector<ContextRow> contexts;
  // Empty as long as activations are in the file itself.
  std::vector<ActivationFileRow> activation_files;
  std::vector<ActivationPartRow> activation_parts;
  // Path below arrays/ and the array: vectors, positive_mean, negative_mean
  // [tables/vectors, d_model] f32; reconstructions [tables/decompositions,
  // d_model] f32; code_difference_cosines [tables/code_differences,
  // differences] f32; active_feature_cosines [tables/active_features,
  // differences] f32; variant_vectors [tables/variants, d_model] f32;
  // codes/offsets [decompositions + 1] i64, codes/features i32, codes/values
  // f32; norm_quantiles [tables/norms, kNormQuantiles] f64;
  // norm_histograms/offsets [norms + 1] i64, /lower, /upper f64, /counts i64;
  // feature_activity/offsets [activity + 1] i64, /rate, /mean, /max,
  // /projection_mean, /projection_sd f32.
  ArrayMap arrays;
};

// The names of `arrays`, all of which have to be there to be written.
std::vector<std::string> result_arrays();

// Activations are written in pieces after the tables, so that they are never
// in memory whole.
struct ActivationSet {
  std::string path;  // activations/<model>/<behaviour>
  std::vector<ActivationRow> rows;
  std::vector<std::int32_t> layers;
  std::int64_t d_model = 0;
  DType dtype = DType::f32;  // or bf16
};

// Where the activations of one layer lie in a file, and the array they go to:
// [n_rows, d_model], bfloat16 as its 16 bits.
std::string layer_path(const std::string& set_path, std::int32_t layer);
void create_activations(H5File& file, const ActivationSet& set,
                        std::int32_t layer, std::int64_t n_rows);

constexpr const char* kActivationsFileType = "coxswain-activations";

// Writes results.h5 under a temporary name and publishes it in finish().
class ResultsWriter {
 public:
  explicit ResultsWriter(std::string path);

  void write(const Results& results);
  // What the rows of a set are that lies in files of its own.
  void rows(const ActivationSet& set);
  void begin(const ActivationSet& set);
  // `values` [n, d_model] of the set's kind go to rows first.. of that layer.
  void activations(const ActivationSet& set, std::int32_t layer,
                   std::int64_t first, std::string_view values);
  // fsync, rename to the final name.
  void finish();

 private:
  std::string path_;
  std::string temporary_;
  std::optional<H5File> file_;
};

// Refuses a file that is not ours or of another format version.
Results read_results(const std::string& path);

}  // namespace coxswain::storage
