#include "storage/results/results_file.hpp"

#include <algorithm>

#include "storage/files/fault.hpp"
#include "storage/results/model_rows.hpp"
#include "storage/results/name_tables.hpp"

namespace coxswain::storage {
namespace {

constexpr const char* kFileType = "coxswain-results";

void write_origin(H5File& file, const ResultsOrigin& origin) {
  file.attribute("/", "filetype", std::string(kFileType));
  file.attribute("/", "format_version", std::int64_t{kResultsFormatVersion});
  file.attribute("/", "program_version", std::string(COXSWAIN_VERSION));
  file.attribute("/", "sweep_digest", origin.sweep_digest);
  file.attribute("/", "compute_dtype", origin.compute_dtype);
  file.attribute("/", "threads", origin.threads);
  file.attribute("/", "seed", origin.seed);
  file.attribute("/", "contents", origin.contents);
  file.attribute("/", "numerics_digest", origin.numerics_digest);
  file.write_text("sweep", origin.sweep, "the effective sweep file (TOML)");
}

// One, or one a model.
std::vector<std::string> names_in_file(const Results& results,
                                       const ResultArray& array) {
  if (array.models == nullptr || !widths_differ(results)) return {array.name};
  std::vector<std::string> names;
  for (std::size_t model = 0; model < results.models.size(); ++model) {
    names.push_back(array_of_model(array.name, model));
  }
  return names;
}

}  // namespace

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
    : path_(std::move(path)),
      temporary_(temporary_name(path_)),
      file_(H5File::create(temporary_.path())) {}

void ResultsWriter::write(const Results& results) {
  write_origin(file_, results.origin);
  for (const auto& [name, rows] : results.names) {
    write_rows_of(file_, rows, "names/" + name);
  }
  for_each_table(results,
                 [&](const auto& rows) { write_rows_of(file_, rows); });
  for (const ResultArray& array : result_arrays()) {
    for (const std::string& name : names_in_file(results, array)) {
      file_.write_array("arrays/" + name, at(results.arrays, name, "results"),
                        array.description, array.units, array.axes);
    }
  }
}

void ResultsWriter::rows(const ActivationSet& set) {
  write_rows_of(file_, set.rows, set.path + "/rows");
}

void ResultsWriter::begin(const ActivationSet& set) {
  rows(set);
  for (const std::int32_t layer : set.layers) {
    create_activations(file_, set, layer, std::ssize(set.rows));
  }
}

void ResultsWriter::activations(const ActivationSet& set, std::int32_t layer,
                                std::int64_t first, std::string_view values) {
  file_.write_rows(layer_path(set.path, layer), first, values);
}

void ResultsWriter::finish() {
  // A full disk is said here; the destructor could only swallow it.
  file_.close();
  publish_file(temporary_.path(), path_);
}

namespace {

// Of those that this program reads.
std::int64_t format_version(const H5File& file, const std::string& path) {
  if (file.text_attribute("/", "filetype") != kFileType) {
    throw StorageError(
        {path, "filetype", "another kind of file", kFileType, ""});
  }
  const std::int64_t version = file.integer_attribute("/", "format_version");
  if (version > kResultsFormatVersion) {
    throw StorageError(
        {path, "format_version", std::to_string(version),
         "at most " + std::to_string(kResultsFormatVersion),
         "a newer program wrote the file: use that one, or a newer one still"});
  }
  if (version < kOldestResultsFormat) {
    throw StorageError(
        {path, "format_version", std::to_string(version),
         std::to_string(kOldestResultsFormat) + " to " +
             std::to_string(kResultsFormatVersion),
         "run its sweep again, which computes nothing anew, or use "
         "the program that wrote the file"});
  }
  return version;
}

template <class Row>
void read_table(const H5File& file, std::int64_t version,
                std::vector<Row>& rows) {
  const TableSchema& schema = Row::schema();
  if (version < schema.since && !file.has(schema.path)) return;
  rows = read_rows_of<Row>(file, schema.path, version);
}

// Those that the file lacks are the program's: numbers never change.
void read_names(const H5File& file, Results& results) {
  for (const std::string& name : file.children("names")) {
    results.names.emplace_back(name,
                               read_rows_of<NameRow>(file, "names/" + name));
  }
  for (auto& table : name_tables({})) {
    const auto same = [&](const auto& one) { return one.first == table.first; };
    if (std::ranges::none_of(results.names, same)) {
      results.names.push_back(std::move(table));
    }
  }
}

}  // namespace

Results read_results(const std::string& path) {
  const H5File file = H5File::open(path);
  const std::int64_t version = format_version(file, path);
  Results results;
  results.origin = {file.text_attribute("/", "sweep_digest"),
                    file.read_text("sweep"),
                    file.text_attribute("/", "compute_dtype"),
                    file.integer_attribute("/", "threads"),
                    file.integer_attribute("/", "seed"),
                    file.text_attribute("/", "contents"),
                    file.text_attribute("/", "numerics_digest"),
                    file.text_attribute("/", "program_version"),
                    version};
  read_names(file, results);
  for_each_table(results, [&](auto& rows) { read_table(file, version, rows); });
  for (const ResultArray& array : result_arrays()) {
    for (const std::string& name : names_in_file(results, array)) {
      const std::string where = "arrays/" + name;
      results.arrays[name] = version < array.since && !file.has(where)
                                 ? without_rows(array)
                                 : file.read_array(where);
    }
  }
  return results;
}

}  // namespace coxswain::storage
