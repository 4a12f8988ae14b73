#pragma once

#include <cstdint>
#include <vector>

#include "jobs/steering/answer_readings.hpp"
#include "runner/stages/extraction_stage.hpp"
#include "runner/stages/stage.hpp"

namespace coxswain::runner {

// The variants of one behaviour by the multipliers that exclusions leave of
// each: a product of variants and multipliers less some boxes, as a list of
// smaller products.
struct SteeredVariants {
  // One of them, and where its vector is made.
  struct Made {
    RowOf<storage::VariantRow> row;
    std::size_t origin = 0;    // of `tasks`
    std::int32_t request = 0;  // of that one's
  };
  struct Group {
    std::vector<double> multipliers;
    std::vector<Made> variants;
    std::vector<storage::Key> keys;  // of each of variants
  };

  void add(const Made& variant, const storage::Key& key,
           const std::vector<double>& multipliers);

  BehaviourIndex behaviour;
  std::vector<TaskIndex> tasks;  // variants tasks; none where one is not needed
  std::vector<Group> groups;
};

// The logits of test items under every variant and multiplier. Makes
// tables/propensity when it is sealed: a plan holds no row of it.
class EvaluationStage : public Stage {
 public:
  explicit EvaluationStage(const ExtractionStage& extraction)
      : extraction_(extraction) {}

  // Takes note of a variant's cells before anything is made of it. Throws
  // ProgramError (bad_sweep) if all together are more than sealing can hold.
  void count(const PlanBuilder& builder, BehaviourIndex behaviour,
             std::size_t n_multipliers);
  // Tasks that add these variants.
  void add(PlanBuilder& builder, const SteeredVariants& steered);

  void seal(Sealing& sealing) const override;
  std::int64_t result_bytes(const Plan& plan) const override;

 private:
  // The rows of one evaluate task, which follow each other: item by item,
  // variant by variant, multiplier by multiplier.
  struct Place {
    TaskIndex task;
    CellRange cells;
    RowOf<storage::ItemRow> first_item;
    std::vector<jobs::AnswerReadings> items;  // how each was read
    std::vector<RowOf<storage::VariantRow>> variants;
    std::vector<double> multipliers;
  };

  void add_task(PlanBuilder& builder, const SteeredVariants& steered,
                const SteeredVariants::Group& group, std::size_t first,
                std::size_t n);
  static void mark_failed(const Place& place, Sealing& sealing);
  void seal(const Place& place, Sealing& sealing) const;

  const ExtractionStage& extraction_;
  std::vector<Place> places_;
  std::int64_t steered_cells_ = 0;
};

}  // namespace coxswain::runner
