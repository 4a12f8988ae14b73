#include "jobs/task_cost.hpp"

#include <catch2/catch.hpp>

#include "jobs/steering/steering_vector.hpp"
#include "jobs/steering/variants.hpp"
#include "storage/safetensors.hpp"
#include "tests/support/toy_model.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

Architecture small() {
  Architecture a;
  a.n_layers = 4;
  a.d_model = 32;
  a.n_heads = 4;
  a.n_kv_heads = 2;
  a.d_head = 8;
  a.d_mlp = 48;
  a.d_vocab = 100;
  return a;
}
// 2 * 32 * ((2 * 4 + 2 * 2) * 8 + 3 * 48) of one row in one block.
constexpr double kRow = 15360;
// 4 * 4 * 8 of one query over one key.
constexpr double kQueryKey = 128;

ContrastTokens item(std::size_t length, std::int32_t steer_from) {
  ContrastTokens tokens;
  tokens.shared.assign(length, 1);
  tokens.token_match = 2;
  tokens.token_other = 3;
  tokens.steer_from = steer_from;
  return tokens;
}

EvaluateTask evaluation(std::vector<double> multipliers) {
  EvaluateTask task;
  task.items = {item(10, 8), item(6, 5)};
  task.variants = {{0, 1, SignRule::fixed}, {1, 2, SignRule::fixed}};
  task.multipliers = std::move(multipliers);
  return task;
}

double share_of(std::int64_t estimate, const storage::ArrayMap& arrays) {
  return static_cast<double>(estimate) /
         static_cast<double>(storage::to_safetensors(arrays).size());
}

}  // namespace

TEST_CASE("an extraction computes both answers up to its last layer",
          "[jobs][task_cost]") {
  ExtractTask task;
  task.pairs = {item(5, 0)};
  task.layers = {0, 2};
  CHECK(cost_of(task, small()).flops == 3 * (7 * kRow + 7 * 7 * kQueryKey));
}

TEST_CASE("an evaluation is its clean pass, its cells and their logits",
          "[jobs][task_cost]") {
  const double clean = 4 * (16 * kRow + (10 * 10 + 6 * 6) * kQueryKey);
  const double logits = 2.0 * 32 * 100;
  CHECK(cost_of(evaluation({0}), small()).flops == clean + 2 * logits);
  // Two blocks above layer 1, one above layer 2; 2 steered rows over 8 cached
  // keys and each other, 1 over 5 and itself.
  const double cells =
      3 * (2 * kRow + 2 * 10 * kQueryKey + kRow + 6 * kQueryKey);
  CHECK(cost_of(evaluation({1}), small()).flops ==
        clean + cells + (2 + 4) * logits);
  CHECK(cost_of(evaluation({0, 1}), small()).flops ==
        cost_of(evaluation({1}), small()).flops);
}

TEST_CASE("what tasks give is as large as estimated", "[jobs][task_cost]") {
  const tests::ToyModel toy(ComputeType::float32);
  const Architecture& model = toy.model.architecture();
  ExtractTask extraction;
  extraction.layers = {0, 1, 2};
  extraction.keep_activations = true;
  extraction.pairs.assign(9, item(5, 0));
  const TaskOutput extracted = extract(extraction, toy.model);
  const TaskSize size = cost_of(extraction, model).size;
  CHECK(share_of(size.result_bytes, extracted.result) ==
        Approx(1).epsilon(0.1));
  CHECK(share_of(size.bulk_bytes, extracted.bulk) == Approx(1).epsilon(0.05));
  extraction.keep_activations = false;
  CHECK(cost_of(extraction, model).size.bulk_bytes == 0);

  const VectorTask merging{3};
  const TaskOutput vector = merge_vectors(merging, {extracted.result});
  CHECK(share_of(cost_of(merging, model.d_model, 9).size.result_bytes,
                 vector.result) == Approx(1).epsilon(0.1));

  VariantsTask making;
  making.requests.resize(20);
  const TaskOutput variants =
      make_variants(making, {vector.result},
                    [&]() -> const Transformer& { return toy.model; });
  CHECK(share_of(cost_of(making, model.d_model, 9).size.result_bytes,
                 variants.result) == Approx(1).epsilon(0.1));

  EvaluateTask evaluating = evaluation({-1, 0, 1});
  for (int i = 0; i < 20; ++i) evaluating.variants.push_back({2, 2, {}});
  const TaskOutput answers = evaluate(evaluating, {variants.result}, toy.model);
  CHECK(share_of(cost_of(evaluating, model).size.result_bytes,
                 answers.result) == Approx(1).epsilon(0.1));
}

TEST_CASE("more rows at once need more memory", "[jobs][task_cost]") {
  const auto memory = [](const EvaluateTask& task) {
    return cost_of(task, small()).size.memory_bytes;
  };
  EvaluateTask task = evaluation({1});
  const std::int64_t few = memory(task);
  task.multipliers.assign(20, 1);
  CHECK(memory(task) > 2 * few);
  // Micro-batches bound it.
  task.items.assign(100, item(40, 0));
  const std::int64_t many = memory(task);
  task.items.assign(1000, item(40, 0));
  CHECK(memory(task) == many);
}
