#include "jobs/cost/task_cost.hpp"

#include <catch2/catch.hpp>

#include "jobs/steering/evaluate.hpp"
#include "jobs/steering/steering_vector.hpp"
#include "jobs/steering/variants.hpp"
#include "storage/tensors/safetensors.hpp"
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
// Of one row in one block: 2 * 32 * (4 + 2 * 2) * 8 for queries, keys and
// values, 2 * 32 * (4 * 8 + 3 * 48) for the rest.
constexpr double kHeads = 4096, kRest = 11264, kRow = kHeads + kRest;
// 4 * 4 * 8 of one query over one key.
constexpr double kQueryKey = 128;

// Items of different lengths begin differently.
ContrastTokens item(std::size_t length, std::int32_t steer_from) {
  ContrastTokens tokens;
  tokens.shared.assign(length, static_cast<std::int32_t>(length));
  tokens.token_match = 2;
  tokens.token_other = 3;
  tokens.steer_from = steer_from;
  return tokens;
}

EvaluateTask evaluation(std::vector<double> multipliers) {
  EvaluateTask task;
  task.items = {item(10, 8), item(6, 5)};
  task.variants = {{0, 0, 1, SignRule::fixed}, {0, 1, 2, SignRule::fixed}};
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
  // In block 2 of the answers alone; each sees 6 tokens, itself among them.
  CHECK(cost_of(task, small()).flops ==
        2 * (7 * kRow + (15 + 2 * 6) * kQueryKey) + 7 * kHeads + 2 * kRest);
}

TEST_CASE("what prompts begin with alike is computed once",
          "[jobs][task_cost]") {
  ExtractTask task;
  task.pairs = {item(5, 0), item(5, 0)};
  task.pairs[1].shared[3] = 9;
  task.layers = {1};
  CHECK(cost_of(task, small()).flops ==
        (3 + 2 * 4) * (kRow + kHeads) + 4 * kRest +
            (6 + 2 * (4 + 5 + 2 * 6)) * kQueryKey);
}

TEST_CASE("an evaluation is its clean pass, its cells and their logits",
          "[jobs][task_cost]") {
  // The last block at the steered rows alone: two and one.
  const double clean =
      3 * (16 * kRow + (55 + 21) * kQueryKey) + 16 * kHeads + 3 * kRest;
  const double logits = 2.0 * 32 * 100;
  CHECK(cost_of(evaluation({0}), small()).flops == clean + 2 * logits);
  // Two blocks above layer 1, one above layer 2; 2 steered rows that see 9 and
  // 10 tokens, and one that sees 6. In the last block those that are read.
  const double above_1 = 2 * kRow + 19 * kQueryKey + kRow + 6 * kQueryKey;
  const double last =
      2 * kHeads + kRest + 10 * kQueryKey + kRow + 6 * kQueryKey;
  CHECK(cost_of(evaluation({1}), small()).flops ==
        clean + above_1 + 2 * last + (2 + 4) * logits);
  CHECK(cost_of(evaluation({0, 1}), small()).flops ==
        cost_of(evaluation({1}), small()).flops);
  EvaluateTask letters = evaluation({1});
  letters.letter_mass = false;
  CHECK(cost_of(evaluation({1}), small()).flops -
            cost_of(letters, small()).flops ==
        (2 + 4) * (logits - 2.0 * 32 * 2));
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
  for (int i = 0; i < 20; ++i) evaluating.variants.push_back({0, 2, 2, {}});
  const TaskOutput answers = evaluate(evaluating, {variants.result}, toy.model);
  CHECK(share_of(cost_of(evaluating, model).size.result_bytes,
                 answers.result) == Approx(1).epsilon(0.1));
}

TEST_CASE("what is rebuilt of a resampled vector costs its pairs, too",
          "[jobs][task_cost]") {
  VariantsTask task;
  task.requests.resize(1);
  task.requests[0].source = VariantSource::reconstruction;
  const TaskCost plain = cost_of(task, 16, 100);
  task.requests[0].resampled = true;
  const TaskCost drawn = cost_of(task, 16, 100);
  CHECK(drawn.flops - plain.flops >= 2.0 * 100 * 16);
  CHECK(drawn.size.memory_bytes - plain.size.memory_bytes >= 2 * 100 * 16 * 4);
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
  task.items.assign(300, item(40, 0));
  const std::int64_t many = memory(task);
  task.items.assign(1000, item(40, 0));
  CHECK(memory(task) == many);
}
