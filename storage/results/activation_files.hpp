#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "storage/files/durable_file.hpp"
#include "storage/results/h5.hpp"
#include "storage/results/results_file.hpp"
#include "storage/results/rows/activation_file_row.hpp"
#include "storage/results/rows/activation_part_row.hpp"

namespace coxswain::storage {

// Where sealed activations go: into results.h5 as long as all of them together
// are small, else into files of their own beside it. Constants of the version,
// but for tests.
struct ActivationLimits {
  std::uint64_t in_results = 1ULL << 30;  // bytes
  // Leaves room for headers: each file is at most 4 GiB.
  std::uint64_t in_file = (4ULL << 30) - (16ULL << 20);
};

// Bytes of the values of all layers.
std::uint64_t bytes_of(const ActivationSet& set);

// Which rows of which set go into which file, in order: a function of the sizes
// alone. `set` counts `sets`, `file` from 0.
struct ActivationPart {
  std::size_t set = 0;
  std::int64_t first = 0;
  std::int64_t n = 0;
  std::int32_t file = 0;
};
std::vector<ActivationPart> activation_parts(
    const std::vector<ActivationSet>& sets, std::uint64_t file_bytes);

// Whether the files that a sealed run lists lie beside its results.h5, each as
// long as it says. What they hold is not read.
bool activation_files_are_there(const std::string& run_directory,
                                const H5File& results);

// activations/000.h5 ... of a run directory, written in passing: rows come in
// order, and only the files that they touch are open. Not thread-safe.
class ActivationFiles {
 public:
  // `contents` as in ResultsOrigin: what belongs together has the same.
  ActivationFiles(std::string run_directory, std::vector<ActivationSet> sets,
                  std::uint64_t file_bytes, std::string contents);

  // `values` [n, d_model] of the set's kind go to rows `first`... of that
  // layer. No call may begin before the rows of an earlier one, or in a set
  // before.
  void write(std::size_t set, std::int32_t layer, std::int64_t first,
             std::string_view values);
  // Closes what is open and digests it: the rows of tables/activation_files.
  std::vector<ActivationFileRow> finish();
  // The rows of tables/activation_parts; `behaviours` [sets] are rows of
  // tables/behaviours.
  std::vector<ActivationPartRow> parts(
      const std::vector<std::int32_t>& behaviours) const;
  // Gives the files their names, each synced, and removes those of an older
  // seal that there are no more of.
  void publish();

 private:
  std::string path_of(std::int32_t file) const;
  H5File& open(std::int32_t file);
  void close_before(std::size_t set, std::int64_t first);

  std::string folder_;
  std::vector<ActivationSet> sets_;
  std::string contents_;
  std::vector<ActivationPart> parts_;
  std::deque<ScopedTemporary> temporaries_;  // one a file
  std::map<std::int32_t, H5File> open_;
  std::int32_t n_files_ = 0;
};

}  // namespace coxswain::storage
