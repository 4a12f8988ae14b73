#pragma once

#include <string>
#include <vector>

#include "runner/plan/plan.hpp"
#include "storage/vectors/own_vectors.hpp"

namespace coxswain::runner {

// What a [[vector_file]] comes to on one model.
struct OwnVectorValues {
  std::vector<int> layers;  // of the sweep's, in their order
  std::vector<double>
      values;  // [layers of the sweep, d_model], as long as asked
  std::vector<double> norms;  // of each of `layers`
  std::vector<std::string> notes;
};

// Reads the vectors that the entry asks for, at its layers, from a file that is
// opened already. `genuine`: the model's digest is of its bytes. Throws
// ProgramError (bad_data) naming the file.
OwnVectorValues own_vector_values(const Sweep& sweep,
                                  const VectorFileEntry& entry,
                                  const storage::OwnVectors& file,
                                  const PlannedModel& model, bool genuine);

// The sum that the entry names: `parts` are its vectors' values, in its order.
// At a layer where some of them have no vector it is of the others. Throws
// ProgramError (bad_sweep) where nothing is left.
OwnVectorValues summed_values(const Sweep& sweep, const VectorFileEntry& entry,
                              const std::vector<OwnVectorValues>& parts,
                              const PlannedModel& model);

}  // namespace coxswain::runner
