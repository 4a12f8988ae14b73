#include "jobs/steering/evaluate.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>

#include "jobs/device/tensor_array.hpp"
#include "jobs/steering/steered_cells.hpp"
#include "tests/support/toy_model.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

std::vector<ContrastTokens> some_items(const tests::ToyModel& toy) {
  std::vector<ContrastTokens> items;
  for (const char* question : {"the cat", "is this it?", "x"}) {
    items.push_back(locate(render(*template_of("chatml"), "s", question, {}),
                           "(A)", "(B)", *toy.header.tokenizer,
                           PositionRule{}));
    items.back().letter_sign = items.size() % 2 == 0 ? 1 : -1;
  }
  return items;
}

}  // namespace

TEST_CASE("an evaluation does with each variant what its task says",
          "[jobs][evaluate]") {
  const tests::ToyModel toy(ComputeType::float32);
  at::manual_seed(8);
  const at::Tensor vectors = at::randn({2, 32}, at::kFloat);
  const storage::ArrayMap made{{"vectors", to_array(vectors)}};
  EvaluateTask task;
  task.items = some_items(toy);
  task.variants = {{0, 0, 1, SignRule::fixed},
                   {0, 1, 2, SignRule::matching_letter},
                   {0, 0, 1, SignRule::fixed}};
  task.variants.push_back({0, 0, 1, SignRule::fixed, {{1, 2}, {0, 3}}});
  task.multipliers = {-1, 0, 0.5};
  task.operations = {Operation::project_out, Operation::rotate, Operation::add,
                     Operation::add};
  std::vector<Steering> how;
  for (std::size_t v = 0; v < task.variants.size(); ++v) {
    const SteeredVariant& one = task.variants[v];
    for (const double multiplier : task.multipliers) {
      how.push_back({one.layer, vectors[one.row], multiplier, one.sign_rule,
                     task.operations[v]});
      for (const auto& [row, layer] : one.further) {
        how.back().further.push_back({layer, vectors[row]});
      }
    }
  }
  const at::Tensor expected = steer(toy.model, task.items, how).match;
  const auto matches = [&] {
    return to_tensor(
        evaluate(task, {made}, toy.model).result.at("logit_match"));
  };
  const at::Tensor found = matches();
  CHECK(at::equal(found.flatten(1), expected));
  // Nothing said is addition.
  task.operations.clear();
  const at::Tensor added = matches();
  CHECK(at::equal(added.select(1, 2), found.select(1, 2)));
  CHECK(at::equal(added.select(1, 3), found.select(1, 3)));
  CHECK_FALSE(at::equal(added.select(1, 2), added.select(1, 3)));
  CHECK(at::equal(added.select(1, 0), added.select(1, 2)));
  for (const std::int64_t multiplier : {0, 2}) {
    for (const std::int64_t variant : {0, 1}) {
      CHECK_FALSE(at::equal(added.select(1, variant).select(1, multiplier),
                            found.select(1, variant).select(1, multiplier)));
    }
  }
}

TEST_CASE("of vectors that act together each has to be there",
          "[jobs][evaluate]") {
  const tests::ToyModel toy(ComputeType::float32);
  at::manual_seed(8);
  EvaluateTask task;
  task.items = some_items(toy);
  task.variants = {{0, 0, 1, SignRule::fixed},
                   {0, 0, 1, SignRule::fixed, {{1, 2}}}};
  task.multipliers = {1};
  storage::ArrayMap made{{"vectors", to_array(at::randn({2, 32}, at::kFloat))}};
  CHECK_FALSE(evaluate(task, {made}, toy.model).result.contains("no_cell"));
  made.emplace("available", to_array(at::tensor({1, 0}, at::kLong)));
  const auto none =
      to_tensor(evaluate(task, {made}, toy.model).result.at("no_cell"));
  CHECK(none.select(1, 0).count_nonzero().item<std::int64_t>() == 0);
  CHECK(none.select(1, 1).count_nonzero().item<std::int64_t>() ==
        std::ssize(task.items));
}
