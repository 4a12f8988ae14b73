#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/stages/extraction_stage.hpp"
#include "runner/stages/stage.hpp"
#include "runner/stages/verdict_parts.hpp"

namespace coxswain::runner {

// What SAEs make of vectors and of their stand-ins: one decompose task an SAE
// and behaviour, so that a sweep which grows by one of either keeps the
// others', and one an SAE for the zero vector, which belongs to no behaviour.
// Fills tables/decompositions, features, code_differences, active_features and
// what tables/saes says of fits.
class DecompositionStage : public Stage {
 public:
  // A decomposition, or a part of one, that can be steered with.
  struct Rebuilt {
    RowOf<storage::DecompositionRow> row;
    PartIndex part;  // of its task's; none: there is no such part
  };

  // What a method of [steer] resampled_methods makes of a resampled vector.
  struct RebuiltResample {
    jobs::MethodChoice method;
    int seed = 0;
    storage::Key key;  // of the vector's random numbers
    Rebuilt rebuilt;
  };

  // What [verdict] and [[support]] ask to be steered with.
  struct VerdictPart {
    jobs::MethodChoice method;
    PartChoice part;
    std::vector<jobs::NormRule> norms;
    Rebuilt rebuilt;
  };

  explicit DecompositionStage(const ExtractionStage& extraction)
      : extraction_(extraction) {}

  void plan(PlanBuilder& builder) override;
  void seal(Sealing& sealing) const override;
  std::int64_t result_bytes(const Plan& plan) const override;

  // For what is steered with. `method` and `part` count those of [steer].
  TaskIndex task_of(const Plan& plan, SaeIndex sae,
                    BehaviourIndex behaviour) const {
    return at(saes_, sae).tasks.at(place_of(plan, sae, behaviour));
  }
  TaskIndex zero_task(SaeIndex sae) const { return at(saes_, sae).zero_task; }
  Rebuilt rebuilt(const Plan& plan, SaeIndex sae, BehaviourIndex behaviour,
                  std::size_t method, std::size_t part) const;
  Rebuilt rebuilt_zero(SaeIndex sae, std::size_t method) const {
    return at(saes_, sae).zero.at(method);
  }

  const std::vector<RebuiltResample>& rebuilt_resamples(
      const Plan& plan, SaeIndex sae, BehaviourIndex behaviour) const;
  const std::vector<VerdictPart>& verdict_parts(const Plan& plan, SaeIndex sae,
                                                BehaviourIndex behaviour) const;

 private:
  // A task while it is put together: of one behaviour's vectors, or of the zero
  // vector.
  struct Making {
    BehaviourIndex behaviour;  // none: the zero vector
    jobs::DecomposeTask task;
    std::vector<TaskIndex> inputs;
    std::vector<std::int64_t> n_pairs;  // of each of the task's own vectors
    bool ranks = false;  // what differs between its activations is asked for
    std::vector<RowOf<storage::DecompositionRow>> rows;  // of its requests
  };
  // One vector or stand-in that an SAE takes apart.
  struct Decomposed {
    std::size_t task = 0;     // of those in the making
    std::int32_t number = 0;  // of the task's vectors
    BehaviourIndex behaviour;
    BehaviourIndex other;  // whose vector stands in
    jobs::VectorRequest request;
    int seed = -1;
  };
  // What a vector of a task is, beside its behaviour's.
  struct StandIn {
    jobs::Control control = jobs::Control::none;
    int seed = -1;
    BehaviourIndex other;
  };
  // What the tasks of one SAE give.
  struct Taken {
    std::vector<TaskIndex> tasks;  // by behaviour of the model
    TaskIndex zero_task;
    // By behaviour of the model, method and part of [steer].
    std::vector<std::vector<std::vector<Rebuilt>>> rebuilt;
    std::vector<Rebuilt> zero;                            // by method
    std::vector<std::vector<RebuiltResample>> resampled;  // by behaviour
    std::vector<std::vector<VerdictPart>> verdict;        // by behaviour
  };
  // Of a row of tables/decompositions.
  struct Place {
    TaskIndex task;
    RequestIndex request;
  };
  // The rows of tables/code_differences and active_features of one behaviour
  // and SAE: `most` at most.
  struct Differences {
    TaskIndex task;
    CellIndex cell;
    RowOf<storage::VectorRow> vector;
    SaeIndex sae;
    std::int64_t most = 0;
  };

  void add_sae(PlanBuilder& builder, SaeIndex sae);
  std::vector<Making> begin(PlanBuilder& builder, SaeIndex sae) const;
  std::vector<Decomposed> add_vectors(const PlanBuilder& builder, SaeIndex sae,
                                      std::vector<Making>& tasks) const;
  Decomposed add_vector(const PlanBuilder& builder, SaeIndex sae,
                        const StandIn& as,
                        const std::vector<jobs::PairCluster>& clusters,
                        Making& task) const;
  void add_requests(PlanBuilder& builder, SaeIndex sae, const Decomposed& of,
                    Making& task);
  void add_draws(PlanBuilder& builder, SaeIndex sae, const Decomposed& of,
                 Making& task);
  void add_row(PlanBuilder& builder, SaeIndex sae, const Decomposed& of,
               const jobs::DecompositionRequest& wanted, Making& task);
  TaskIndex add_task(PlanBuilder& builder, SaeIndex sae, Making& task);
  bool keeps(PlanBuilder& builder, SaeIndex sae, BehaviourIndex behaviour,
             const std::string& method) const;
  bool wants_vector(const Plan& plan, SaeIndex sae,
                    BehaviourIndex behaviour) const;
  RowOf<storage::VectorRow> vector_of(const Plan& plan, SaeIndex sae,
                                      BehaviourIndex behaviour) const;
  static bool takes_resampled_apart(const Plan& plan, SaeIndex sae);
  static std::string draw_name(const jobs::DecompositionRequest& wanted);
  static Rebuilt add_part(
      jobs::DecomposeTask& task,
      const std::vector<RowOf<storage::DecompositionRow>>& rows,
      std::int32_t vector, const jobs::MethodChoice& method,
      const PartChoice& part, int draw = -1);
  static void add_parts(const Sweep& sweep,
                        const std::vector<Decomposed>& vectors,
                        std::vector<Making>& tasks, Taken& taken);
  static void add_verdict_parts(const std::vector<WantedParts>& wanted,
                                std::vector<Making>& tasks, Taken& taken);
  static std::size_t place_of(const Plan& plan, SaeIndex sae,
                              BehaviourIndex behaviour);
  void add_differences(PlanBuilder& builder, SaeIndex sae,
                       BehaviourIndex behaviour);

  std::vector<TaskIndex> tasks_of_fit(const Plan& plan, SaeIndex sae) const;
  void seal_fits(Sealing& sealing) const;
  void seal_decompositions(Sealing& sealing) const;
  void seal_differences(Sealing& sealing) const;

  const ExtractionStage& extraction_;
  std::vector<Taken> saes_;    // by row of tables/saes
  std::vector<Place> places_;  // by row of tables/decompositions
  std::vector<Differences> differences_;
};

}  // namespace coxswain::runner
