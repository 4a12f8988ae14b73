#pragma once

#include <string>
#include <vector>

#include "jobs/task/sae_header.hpp"
#include "runner/plan/names.hpp"
#include "runner/plan/plan.hpp"
#include "storage/results/stored_activations.hpp"

namespace coxswain::runner {

// Unfolds a sweep into cells and tasks, filling in a Plan. Called in the order
// model, its SAEs, its behaviours, the next model, ..., finish(). Task sizes
// are constants of the version.
class Grid {
 public:
  explicit Grid(Plan& plan);

  // Whether any vector is wanted of a model by these behaviours.
  bool wants(const ModelEntry& model,
             const std::vector<std::string>& behaviours);
  // What is added after it is this model's. Returns the name of an earlier
  // model that is the same, which is not added again; empty if there is none.
  std::string add_model(const ModelEntry& entry,
                        const jobs::ModelHeader& header,
                        const jobs::ModelSource& source);
  // Whether any of its cells may be wanted of the model that was added last.
  bool wants(const SaeEntry& entry);
  // Both as add_model.
  std::string add_sae(const SaeEntry& entry, const jobs::SaeSource& source,
                      const jobs::SaeHeader& header);
  std::string add_behaviour(const DataEntry& data, jobs::Behaviour behaviour,
                            const std::string& digest);
  // In the place of behaviours: those of stored activations.
  void add_stored(const storage::StoredActivations& stored,
                  const std::string& digest);
  // Throws ProgramError (bad_sweep) if an exclusion took nothing out, or
  // nothing is left.
  // Of the model that was added last: token ids, context after context.
  void add_reference_text(const std::vector<std::vector<std::int32_t>>& texts);
  void finish();

 private:
  struct PlannedSae {
    SaeEntry entry;
    std::size_t model = 0;
    jobs::SaeSource source;
    jobs::SaeHeader header;
    std::size_t task = 0;        // its decompose task
    std::int64_t first_row = 0;  // in tables/decompositions
    // What can be steered with: the decomposition (from first_row) and its part
    // in the task, by behaviour, method and part of [steer]; of the zero vector
    // by method (none: -1).
    struct Rebuilt {
      std::int32_t request = -1, part = -1;
    };
    std::vector<std::vector<std::vector<Rebuilt>>> rebuilt;
    std::vector<Rebuilt> zero;
  };
  // One vector or stand-in that an SAE takes apart.
  struct Decomposed {
    std::int32_t number = 0;      // of the task's vectors
    std::int32_t behaviour = -1;  // row of tables/behaviours
    std::int32_t other = -1;      // likewise
    jobs::VectorRequest request;
    int seed = -1;
  };

  std::size_t add_task(jobs::Task task, std::vector<std::size_t> inputs,
                       const jobs::TaskCost& cost,
                       InputBulk bulk = InputBulk::unwanted);
  storage::Key cell_key(const std::string& description) const;
  std::int64_t add_cell(const storage::Key& key, std::uint8_t kind);
  std::string cell_name(std::int64_t cell) const;  // its key, for other keys
  bool needs_activations() const;
  bool steers_with_pairs() const;
  std::vector<jobs::PairCluster> clusters_of(std::size_t behaviour) const;
  std::int32_t layer_row(int layer) const;  // of a vector task's arrays
  // -1: that vector is not wanted.
  std::int32_t vector_row(std::int32_t behaviour, int layer) const;
  bool wants_vector(std::int32_t behaviour, int layer) const;
  CellTraits traits_of(std::size_t behaviour, int layer) const;
  bool keeps_any_layer(const std::string& model, const std::string& behaviour);
  // Of a stand-in's random numbers: the same for every SAE and for steering.
  storage::Key control_key(jobs::Control control, std::int32_t vector,
                           int seed) const;
  void add_items(std::size_t behaviour);
  void add_extraction(std::size_t behaviour);
  void add_vectors(std::size_t behaviour,
                   const std::vector<std::size_t>& shards, std::int32_t n_pairs,
                   const std::string& made_of);
  void add_decompositions(PlannedSae& sae);
  std::vector<Decomposed> vectors_of(const PlannedSae& sae) const;
  void add_requests(PlannedSae& sae, const Decomposed& of,
                    jobs::DecomposeTask& task);
  std::string zero_name(const PlannedSae& sae) const;
  void add_decomposition_row(const PlannedSae& sae, const Decomposed& of,
                             std::int64_t request,
                             const jobs::DecompositionRequest& wanted);
  bool keeps(const PlannedSae& sae, const Decomposed& of,
             const std::string& method = "");
  void add_parts(PlannedSae& sae, jobs::DecomposeTask& task);
  void add_code_differences(const PlannedSae& sae);
  std::vector<bool> conventions(const PlannedSae& sae,
                                const jobs::MethodTraits& traits) const;
  void add_variants(std::size_t behaviour);
  void count_steered(std::size_t behaviour, std::size_t n_multipliers);
  // Unless none of its cells is wanted; `traits` but for what the request says.
  bool add_variant(CellTraits traits, std::size_t behaviour,
                   const jobs::VariantRequest& request, storage::VariantRow row,
                   std::vector<jobs::VariantRequest>& requests);
  std::string dose_name(const storage::VariantRow& row) const;
  storage::Key variant_key(const storage::VariantRow& row,
                           const jobs::VariantRequest& request) const;
  // Adds the tasks that they are made of to `inputs`.
  std::vector<jobs::VariantRequest> variant_requests(
      std::size_t behaviour, std::vector<std::size_t>& inputs);
  void add_rebuilt(std::size_t behaviour, const jobs::VariantRequest& base,
                   int layer, std::vector<std::size_t>& inputs,
                   std::vector<jobs::VariantRequest>& requests);
  void add_stand_ins(std::size_t behaviour, const jobs::VariantRequest& base,
                     int layer, std::vector<std::size_t>& inputs,
                     std::vector<jobs::VariantRequest>& requests);
  void add_known_answers(std::size_t behaviour,
                         const jobs::VariantRequest& base, int layer,
                         std::vector<jobs::VariantRequest>& requests);
  bool wants(jobs::VariantSource source) const;
  // Variants that are added at the same multipliers.
  struct Steered {
    std::vector<double> multipliers;
    std::vector<std::size_t> rows;  // of tables/variants
  };
  void add_evaluation(std::size_t behaviour, std::size_t variants_task);
  std::size_t evaluate_tasks(std::size_t behaviour, const Steered& group) const;
  // Whether the sweep's memory has room for such a task.
  bool fits(const jobs::TaskCost& cost) const;
  jobs::ExtractTask extract_task(std::size_t behaviour, std::size_t first,
                                 std::size_t n) const;
  std::size_t pairs_per_task(std::size_t behaviour) const;
  jobs::EvaluateTask evaluate_task(std::size_t behaviour, const Steered& group,
                                   std::size_t first, std::size_t n) const;
  void add_evaluate_task(std::size_t behaviour, std::size_t variants_task,
                         const Steered& group, std::size_t first,
                         std::size_t n);
  void add_propensity_rows(std::size_t behaviour, const Steered& group,
                           std::size_t first_item, PropensityPlace place);
  std::vector<std::size_t> add_observe_tasks(
      const std::vector<std::vector<std::int32_t>>& texts,
      const std::vector<std::int32_t>& layers);
  void add_norm_row(storage::NormRow row, NormSource source,
                    NormExclusion excluded, NormPlace place);
  void add_pair_norms(std::size_t behaviour);
  void add_activity(const PlannedSae& sae);
  void add_text_activity(const PlannedSae& sae,
                         const std::vector<std::vector<std::int32_t>>& texts);
  void add_pair_activity(const PlannedSae& sae, std::size_t behaviour);
  storage::ActivityRow activity_row(const PlannedSae& sae,
                                    const std::string& made_of);
  void add_activity_row(storage::ActivityRow row, NormSource source,
                        const std::vector<std::size_t>& tasks);
  void add_activation_cells();
  std::size_t model_of(std::size_t behaviour) const;
  const std::string& model_id(std::size_t model) const;
  std::int64_t pairs_of(std::size_t vector_task) const;
  std::vector<ActivationPiece> extracted_pieces(std::size_t behaviour) const;
  std::vector<storage::ActivationRow> extracted_rows(
      std::size_t behaviour) const;
  std::vector<std::int32_t> stored_layers(std::size_t behaviour);
  std::vector<ActivationPiece> add_store_tasks(
      std::size_t behaviour, const std::vector<std::int32_t>& wanted);
  std::vector<storage::ActivationRow> stored_rows(std::size_t behaviour) const;

  Plan& plan_;
  Selection selection_;
  std::vector<PlannedSae> saes_;
  std::vector<std::vector<std::vector<std::int32_t>>> texts_;  // by model
  std::vector<std::size_t> vector_tasks_;                      // by behaviour
  std::vector<std::vector<std::int32_t>> vector_rows_;  // by behaviour, layer
  std::vector<std::int64_t> first_item_row_;            // train, then test
  std::vector<std::vector<std::size_t>> variant_rows_;  // by behaviour
  std::vector<storage::Key> variant_keys_;              // by variant row
  std::vector<std::vector<Steered>> steered_;           // by behaviour
  std::int64_t steered_cells_ = 0;  // of all variants so far
};

// Texts that follow each other, as many together as have so many tokens.
std::vector<std::vector<std::vector<std::int32_t>>> texts_of_tasks(
    const std::vector<std::vector<std::int32_t>>& texts,
    std::size_t tokens_per_task);

}  // namespace coxswain::runner
