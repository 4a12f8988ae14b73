#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/results/results.hpp"

namespace coxswain::storage {

// Arrays whose rows are as wide as a residual stream. If all models have one
// width, such an array is one, NAME [rows of its table, d_model]. Else there is
// one a model, NAME/M [rows of that model, in the table's order, d_model], with
// M its row of tables/models.

// Whether there are models of several widths.
bool widths_differ(const Results& results);

// Whether such an array is in these results; only those that tests make up may
// lack it.
bool has_model_rows(const Results& results, const std::string& name);

// "NAME/M".
std::string array_of_model(const std::string& name, std::size_t model);

// Gives the rows of such an array by their places in its table. Throws
// StorageError for an array that is missing or of another type or shape than
// the tables say, and for rows of no model. The results must outlive it.
class ModelRows {
 public:
  // One of result_arrays() that has models.
  ModelRows(const Results& results, const std::string& name);

  // d_model numbers, float32.
  std::string_view bytes(std::size_t row) const;
  std::vector<float> floats(std::size_t row) const;

 private:
  struct Part {
    const Array* array = nullptr;
    std::size_t row_bytes = 0;
  };
  std::vector<Part> parts_;  // of each model; one, if all have one width
  // Of each row of the table: which part, and its place there.
  std::vector<std::pair<std::size_t, std::size_t>> places_;
};

}  // namespace coxswain::storage
