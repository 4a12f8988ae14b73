#pragma once

#include <string>
#include <vector>

#include "runner/stages/stage.hpp"
#include "storage/results/stored_activations.hpp"

namespace coxswain::runner {

// Activations that a sweep takes in place of a model and data.
struct ImportedActivations {
  storage::StoredActivations stored;
  std::string digest;  // of their file
};

// The steering vectors: what extract (or import) tasks read of contrast pairs,
// merged by a vector task a behaviour. Fills tables/items and tables/vectors.
class ExtractionStage : public Stage {
 public:
  // `imported` may be null; else it must live as long as plans are made.
  explicit ExtractionStage(const ImportedActivations* imported)
      : imported_(imported) {}

  void plan_model(PlanBuilder& builder, ModelIndex model,
                  const Texts& text) override;
  void seal(Sealing& sealing) const override;
  std::int64_t result_bytes(const Plan& plan) const override;

  // For stages that are made of vectors.
  TaskIndex vector_task(BehaviourIndex behaviour) const;
  // Row of a vector task's arrays: one layer has one in those of all.
  LayerIndex layer_of(const Sweep& sweep, int layer) const;
  // None if that vector is not wanted.
  RowOf<storage::VectorRow> vector_row(BehaviourIndex behaviour,
                                       LayerIndex layer) const;
  // The first of a behaviour: those for training, then those for testing.
  RowOf<storage::ItemRow> first_item(BehaviourIndex behaviour) const;
  TaskIndex task_of(RowOf<storage::VectorRow> row) const;

 private:
  // Of a behaviour, by its index.
  struct Extracted {
    TaskIndex vector_task;
    std::vector<RowOf<storage::VectorRow>> rows;  // by LayerIndex
    RowOf<storage::ItemRow> first_item;
  };
  // Of a row of tables/vectors.
  struct Place {
    TaskIndex task;
    LayerIndex layer;
  };

  void add_items(PlanBuilder& builder, BehaviourIndex behaviour);
  void add_extraction(PlanBuilder& builder, BehaviourIndex behaviour);
  void add_import(PlanBuilder& builder, BehaviourIndex behaviour);
  std::vector<TaskIndex> add_shards(PlanBuilder& builder,
                                    BehaviourIndex behaviour) const;
  void add_vectors(PlanBuilder& builder, BehaviourIndex behaviour,
                   const std::vector<TaskIndex>& shards, std::int64_t n_pairs,
                   const std::string& made_of);

  const ImportedActivations* imported_;
  std::vector<Extracted> extracted_;  // by behaviour
  std::vector<Place> places_;         // by row of tables/vectors
};

}  // namespace coxswain::runner
