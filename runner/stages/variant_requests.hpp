#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runner/stages/decomposition_stage.hpp"
#include "runner/stages/evaluation_stage.hpp"
#include "runner/stages/extraction_stage.hpp"
#include "runner/stages/feature_vectors.hpp"

namespace coxswain::runner {

// A behaviour's variants of one origin: they are a task, so that those of the
// other origins keep theirs when a sweep grows by an SAE, a seed or a
// behaviour.
struct VariantOrigin {
  SaeIndex sae;  // whose reconstructions or features they are; none: no SAE's
  // Of features: which input their task is, once one of them is wanted.
  std::optional<std::size_t> features = {};
  jobs::VariantsTask task;
  std::vector<TaskIndex> inputs;  // of the task
};

// Works out what is done to the model for one behaviour: which variants, made
// of which inputs. Each becomes a row of tables/variants an operation, unless
// exclusions leave none of its cells.
class VariantRequests {
 public:
  // `clusters`: of the behaviour's training pairs. All must outlive it.
  VariantRequests(PlanBuilder& builder, const ExtractionStage& extraction,
                  const DecompositionStage& decomposition,
                  EvaluationStage& evaluation, FeatureVectors& features,
                  BehaviourIndex behaviour,
                  const std::vector<jobs::PairCluster>& clusters);

  // Of all layers and dose rules.
  void add_all();

  // What is made of the behaviour's own vector, what other behaviours' vectors
  // are, then one for each SAE that rebuilds it, and one for each whose
  // features are steered with. One may have no request.
  std::vector<VariantOrigin>& origins() { return origins_; }
  SteeredVariants& steered() { return steered_; }

 private:
  static constexpr std::size_t kOwn = 0, kOther = 1;  // of origins_
  using Requests = std::vector<jobs::VariantRequest>;
  // What is done with a vector.
  struct Acting {
    jobs::Operation operation = jobs::Operation::add;
    double clamped_to = storage::VariantRow::kNotClamped;
  };

  VariantOrigin begin(bool with_pairs) const;
  std::size_t origin_of(SaeIndex sae);
  std::size_t origin_of_features(SaeIndex sae);
  std::int32_t input_of(std::size_t origin, TaskIndex task);
  void add_together();
  void add_at(const std::vector<int>& layers, const jobs::VariantRequest& base,
              int seed);
  void add_rebuilt(const jobs::VariantRequest& base, int layer);
  void add_rebuilt_by(SaeIndex sae, const jobs::VariantRequest& base);
  void add_verdict(SaeIndex sae, const jobs::VariantRequest& base);
  void add_rebuilt_resamples(SaeIndex sae, const jobs::VariantRequest& base);
  void add_stand_ins(const jobs::VariantRequest& base, int layer);
  void add_drawn(const jobs::VariantRequest& base, int layer,
                 jobs::VariantSource source, jobs::NormRule norm, int seeds);
  void add_subsets(const jobs::VariantRequest& base, int layer);
  void add_others(const jobs::VariantRequest& base, int layer);
  void add_known_answers(const jobs::VariantRequest& base, int layer);
  bool carries_features() const;
  void add_features(const jobs::VariantRequest& base, int layer);
  void add_feature(std::size_t origin, const jobs::VariantRequest& base,
                   const FeatureVectors::Feature& feature);
  // A reconstruction that a decompose task makes.
  void add_one(SaeIndex sae, TaskIndex task, jobs::VariantRequest request,
               const DecompositionStage::Rebuilt& from,
               const jobs::MethodChoice& method, storage::VariantRow row) {
    add_one(sae, task, request, from, method, row, sweeps_operations());
  }
  void add_one(SaeIndex sae, TaskIndex task, jobs::VariantRequest request,
               const DecompositionStage::Rebuilt& from,
               const jobs::MethodChoice& method, storage::VariantRow row,
               const std::vector<Acting>& acting);
  bool wants(jobs::VariantSource source) const {
    return steers_with(plan_.sweep, source);
  }
  // Under each operation, unless none of its cells is wanted; `traits` but for
  // variant and operation.
  bool add(std::size_t origin, CellTraits traits,
           const jobs::VariantRequest& request, storage::VariantRow row) {
    return add(origin, std::move(traits), Requests{request}, row);
  }
  // Of several requests, one a layer, as one variant.
  bool add(std::size_t origin, CellTraits traits, const Requests& together,
           storage::VariantRow row) {
    return add(origin, std::move(traits), together, row, sweeps_operations());
  }
  // Under each of these, all of the same vectors.
  bool add(std::size_t origin, CellTraits traits, const Requests& together,
           storage::VariantRow row, const std::vector<Acting>& acting);
  std::vector<Acting> sweeps_operations() const;
  RowOf<storage::VectorRow> vector_at(int layer) const;
  CellTraits traits_of(int layer) const;
  bool is_length_alone(const jobs::VariantRequest& request) const;
  std::string dose_name(const storage::VariantRow& row) const;
  static std::string operation_name(const storage::VariantRow& row);
  std::string others_of(const storage::VariantRow& row) const;
  std::string feature_of(const storage::VariantRow& row) const;
  storage::Key key_of(const storage::VariantRow& row,
                      const jobs::VariantRequest& request) const;

  PlanBuilder& builder_;
  const Plan& plan_;
  const ExtractionStage& extraction_;
  const DecompositionStage& decomposition_;
  EvaluationStage& evaluation_;
  FeatureVectors& features_;
  BehaviourIndex behaviour_;
  bool own_;       // the vector is the user's, and of no pairs
  bool together_;  // and acts on all its layers at once
  const std::vector<jobs::PairCluster>& clusters_;
  std::vector<VariantOrigin> origins_;
  SteeredVariants steered_;
};

}  // namespace coxswain::runner
