#pragma once

#include <string>
#include <vector>

#include "jobs/sae/sae_header.hpp"
#include "runner/plan.hpp"

namespace coxswain::runner {

// Unfolds a sweep into cells and tasks, filling in a Plan. Called in the order
// SAEs, behaviours, finish(). Task sizes are constants of the version.
class Grid {
 public:
  Grid(Plan& plan, jobs::ModelSource model);

  void add_sae(const SaeEntry& entry, const jobs::SaeSource& source,
               const jobs::SaeHeader& header);
  void add_behaviour(const DataEntry& data, jobs::Behaviour behaviour,
                     const std::string& digest);
  void finish();

 private:
  struct PlannedSae {
    SaeEntry entry;
    jobs::SaeSource source;
    jobs::SaeHeader header;
    std::size_t task = 0;  // its decompose task
    // decomposition rows: of the zero vector, and of each behaviour at the
    // scale 1 (first method), by behaviour
    std::int64_t zero_row = -1;
    std::vector<std::int64_t> rows;
  };

  std::size_t add_task(jobs::Task task, std::vector<std::size_t> inputs,
                       double flops);
  storage::Key cell_key(const std::string& description) const;
  std::int64_t add_cell(const storage::Key& key, std::uint8_t kind);
  std::string cell_name(std::int64_t cell) const;  // its key, for other keys
  void add_items(std::size_t behaviour);
  void add_extraction(std::size_t behaviour);
  void add_decompositions(PlannedSae& sae);
  void add_decomposition_row(PlannedSae& sae, std::int64_t request,
                             const jobs::DecompositionRequest& wanted,
                             std::int32_t vector_row);
  void add_variants(std::size_t behaviour);
  void add_variant_row(std::size_t behaviour, jobs::VariantRequest& request,
                       int layer, const PlannedSae* sae, int seed);
  storage::Key variant_key(const storage::VariantRow& row,
                           const jobs::VariantRequest& request) const;
  // Adds the decompose tasks they are rebuilt from to `inputs`.
  std::vector<jobs::VariantRequest> variant_requests(
      std::size_t behaviour, std::vector<std::size_t>& inputs);
  void add_evaluation(std::size_t behaviour, std::size_t variants_task);
  void add_propensity_rows(std::size_t behaviour, std::size_t first_item,
                           std::size_t n_items, PropensityPlace place);
  void add_activation_cells();
  double block_flops() const;

  Plan& plan_;
  jobs::ModelSource model_;
  std::vector<PlannedSae> saes_;
  std::vector<DataEntry> data_;
  std::vector<std::size_t> vector_tasks_;               // by behaviour
  std::vector<std::int32_t> first_vector_row_;          // by behaviour
  std::vector<std::int64_t> first_item_row_;            // train, then test
  std::vector<std::vector<std::size_t>> variant_rows_;  // by behaviour
  std::vector<storage::Key> variant_keys_;              // by variant row
};

}  // namespace coxswain::runner
