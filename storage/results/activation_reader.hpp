#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "storage/results/h5.hpp"
#include "storage/results/rows/activation_file_row.hpp"
#include "storage/results/rows/activation_part_row.hpp"
#include "storage/results/rows/activation_row.hpp"
#include "storage/results/rows/behaviour_row.hpp"
#include "storage/tensors/array.hpp"

namespace coxswain::storage {

// Which string of an item's two.
enum class Side : std::uint8_t { matching = 0, other = 1 };

// One sealed activation: of a token, counted from 0 in its string.
struct ActivationPoint {
  std::string behaviour;
  std::int32_t item = 0;  // row of tables/items
  Side side = Side::matching;
  std::int32_t layer = 0;
  std::int32_t position = 0;
};

// The activations of a sealed run, wherever they lie: in results.h5 or in the
// files beside it. Reads what is asked for and no more. Not thread-safe. Throws
// StorageError naming file and what it lacks.
class ActivationReader {
 public:
  // What a run kept of one behaviour: its rows, the same in each of the layers.
  struct Behaviour {
    std::int32_t id = 0;  // row of tables/behaviours
    std::string name;
    std::vector<ActivationRow> rows;  // by item; a shared prefix comes first
    std::vector<std::int32_t> layers;
  };

  // `path`: a run directory or its results.h5.
  explicit ActivationReader(const std::string& path);

  const std::string& file() const { return file_; }
  const std::string& model() const { return model_; }
  const std::vector<Behaviour>& behaviours() const { return behaviours_; }
  const Behaviour& behaviour(const std::string& name) const;
  const H5File& results() const { return results_; }
  // A table of results.h5, of whichever format it is.
  template <class Row>
  std::vector<Row> rows_of() const {
    return read_rows_of<Row>(results_, Row::schema().path, version_);
  }

  // [d_model]; bfloat16 is widened.
  std::vector<float> read(const ActivationPoint& point) const;
  // Rows first, first + 1, ... of one layer, [n, d_model] as stored.
  Array read_rows(const std::string& behaviour, std::int32_t layer,
                  std::int64_t first, std::int64_t n) const;

 private:
  void add_behaviour(std::int32_t id, const BehaviourRow& row);
  const H5File& open(std::int32_t file) const;

  std::string file_;
  H5File results_;
  std::int64_t version_;  // of its format
  std::string contents_;
  std::string model_;
  std::vector<Behaviour> behaviours_;
  std::vector<ActivationFileRow> files_;
  std::vector<ActivationPartRow> parts_;         // file -1: results.h5 itself
  mutable std::map<std::int32_t, H5File> open_;  // by number
};

}  // namespace coxswain::storage
