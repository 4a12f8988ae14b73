#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "storage/results/results_file.hpp"

namespace coxswain::runner {

// What a vector of the results is called in files for other programs.
struct ExportedName {
  std::string behaviour;  // a part of a file name
  // "behaviour/layer_15/sae/omp_32/reconstruction/positive"; no other vector of
  // its model has it.
  std::string tensor;
  // What vectors of several layers have in common, a part of a file name:
  // "reconstruction-omp_32-positive-layer_L_width_16k". Empty: it was not added
  // to the model, or not as it is.
  std::string kind;
};

// Names for rows of results, made of parts of file names. They depend on the
// order in which they are asked for if names of strangers would be the same
// then. Refers to the results. Throws StorageError for tables that don't fit
// each other.
class ExportedNames {
 public:
  explicit ExportedNames(const storage::Results& results) : results_(results) {}

  ExportedName of(const storage::VectorRow& row);
  ExportedName of(const storage::DecompositionRow& row);
  ExportedName of(const storage::VariantRow& row);

 private:
  // Parts for the rows of a table, none twice among a model's.
  class Parts {
   public:
    const std::string& of(std::int32_t model, std::int32_t row,
                          const std::string& name);

   private:
    std::map<std::pair<std::int32_t, std::int32_t>, std::string> parts_;
    std::map<std::int32_t, std::set<std::string>> taken_;
  };

  std::string behaviour_part(std::int32_t model, std::int32_t row);
  std::string other_part(std::int32_t model, std::int32_t vector);
  std::string sae_part(std::int32_t row);
  std::pair<std::string, std::string> of_feature(const storage::VariantRow& row,
                                                 const std::string& source);
  std::pair<std::string, std::string> rebuilt(const storage::VariantRow& row,
                                              const std::string& source);
  ExportedName named(std::int32_t model, std::int32_t behaviour,
                     std::int32_t layer, const std::string& below_layer,
                     const std::string& kind);

  const storage::Results& results_;
  Parts behaviours_, saes_;
  std::map<std::int32_t, std::set<std::string>> tensors_;  // by model
};

}  // namespace coxswain::runner
