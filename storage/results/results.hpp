#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "storage/results/format_version.hpp"
#include "storage/results/rows/activation_file_row.hpp"
#include "storage/results/rows/activation_part_row.hpp"
#include "storage/results/rows/active_feature_row.hpp"
#include "storage/results/rows/activity_row.hpp"
#include "storage/results/rows/behaviour_row.hpp"
#include "storage/results/rows/cell_row.hpp"
#include "storage/results/rows/code_difference_row.hpp"
#include "storage/results/rows/context_row.hpp"
#include "storage/results/rows/decomposition_row.hpp"
#include "storage/results/rows/device_row.hpp"
#include "storage/results/rows/feature_row.hpp"
#include "storage/results/rows/item_row.hpp"
#include "storage/results/rows/model_row.hpp"
#include "storage/results/rows/name_row.hpp"
#include "storage/results/rows/norm_row.hpp"
#include "storage/results/rows/propensity_row.hpp"
#include "storage/results/rows/sae_row.hpp"
#include "storage/results/rows/sign_null_row.hpp"
#include "storage/results/rows/variant_row.hpp"
#include "storage/results/rows/vector_row.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::storage {

// Root attributes of results.h5: equal runs have equal ones.
struct ResultsOrigin {
  std::string sweep_digest;
  std::string sweep;  // the effective sweep, TOML
  std::string compute_dtype;
  std::int64_t threads = 1;
  std::int64_t seed = 0;
  std::string contents;  // hash of the tasks that the file is made of
  std::string numerics_digest;
  // Of the file that was read; what is written has the program's own.
  std::string program_version;
  std::int64_t format_version = kResultsFormatVersion;
};

// Which quantiles arrays/norm_quantiles has.
constexpr double kNormQuantiles[] = {0.001, 0.01, 0.05, 0.25, 0.5,
                                     0.75,  0.95, 0.99, 0.999};

// All tables and arrays but the activations. Arrays have the first axis of the
// table they belong to.
struct Results {
  ResultsOrigin origin;
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
  std::vector<SignNullRow> sign_nulls;
  std::vector<VariantRow> variants;
  std::vector<PropensityRow> propensity;
  std::vector<NormRow> norms;
  std::vector<ActivityRow> activity;
  std::vector<ContextRow> contexts;
  // Empty as long as activations are in the file itself.
  std::vector<ActivationFileRow> activation_files;
  std::vector<ActivationPartRow> activation_parts;
  // By path below arrays/: each of result_arrays().
  ArrayMap arrays;
};

// Calls f with the rows of every table but names/*, in the file's order. What
// writes, reads, exports and bills tables goes through here: a new one is a
// line below.
template <class AnyResults, class F>
void for_each_table(AnyResults& results, F&& f) {
  f(results.models);
  f(results.saes);
  f(results.devices);
  f(results.behaviours);
  f(results.items);
  f(results.cells);
  f(results.vectors);
  f(results.decompositions);
  f(results.features);
  f(results.code_differences);
  f(results.active_features);
  f(results.sign_nulls);
  f(results.variants);
  f(results.propensity);
  f(results.norms);
  f(results.activity);
  f(results.contexts);
  f(results.activation_files);
  f(results.activation_parts);
}

// Every schema, for the test that storage/README.md names each column.
std::vector<const TableSchema*> all_schemas();

// What the first axis of an array counts.
enum class ArrayAxis : std::uint8_t {
  rows,     // of a table; a second one is there, too
  offsets,  // rows of a table and one more
  entries,  // what offsets point into
};

// An array that results.h5 has beside its tables.
struct ResultArray {
  const char* name;  // its path below arrays/
  DType dtype;
  ArrayAxis axis;
  const char* description;
  const char* units;
  const char* axes;
  int since = 1;  // format version that brought it
  // Of rows that are as wide as their model: the model of each row. Such an
  // array is one a model where widths differ (model_rows.hpp).
  std::vector<std::int32_t> (*models)(const Results& results) = nullptr;
};

// All of them have to be in Results::arrays to be written.
std::span<const ResultArray> result_arrays();

// What stands for the array in results whose table has no rows.
Array without_rows(const ResultArray& array);

}  // namespace coxswain::storage
