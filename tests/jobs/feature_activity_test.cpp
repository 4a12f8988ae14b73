#include "jobs/observation/feature_activity.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>

#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/steering_vector.hpp"
#include "jobs/tensor_array.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_model.hpp"
#include "tests/support/toy_sae.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

struct Subject {
  tests::ToyModel toy{ComputeType::float32};
  tests::Scratch scratch;
  SparseAutoencoder sae;

  Subject() {
    tests::write_toy_sae(scratch.path(), toy.header.architecture.d_model, 64);
    sae = load_sae(scratch.path());
  }

  std::vector<storage::ArrayMap> inputs(const std::vector<int>& shards) const {
    std::vector<storage::ArrayMap> all;
    int item = 0;
    for (const int n : shards) {
      ExtractTask task;
      for (int i = 0; i < n; ++i) {
        const Prompt prompt{"item " + std::to_string(7 * item++), 0};
        task.pairs.push_back(
            locate(prompt, "+", "-", *toy.header.tokenizer, PositionRule{}));
      }
      task.layers = {0, 2};
      task.keep_activations = true;
      all.push_back(extract(task, toy.model).bulk);
    }
    return all;
  }
};

at::Tensor array(const TaskOutput& output, const char* name) {
  return to_tensor(output.result.at(name));
}

// Of x [n, d_in], against one group of the task's result.
void check_group(const TaskOutput& output, std::int64_t group,
                 const at::Tensor& x, const SparseAutoencoder& sae) {
  const auto found = [&](const char* name) {
    return array(output, name)[group];
  };
  const at::Tensor codes = sae.encode(x, sae.header.b_dec_input);
  const at::Tensor along =
      at::mm(x.to(at::kDouble), sae.W_enc.tensor().to(at::kDouble));
  CHECK(array(output, "tokens")[group].item<std::int64_t>() == x.size(0));
  CHECK(found("active").equal(codes.ne(0).sum(0)));
  CHECK(at::allclose(found("code_sum"), codes.to(at::kDouble).sum(0), 1e-5,
                     1e-6));
  CHECK(at::allclose(found("code_most"), codes.amax(0).to(at::kDouble), 1e-5,
                     1e-6));
  CHECK(at::allclose(found("projection_sum"), along.sum(0), 1e-4, 1e-4));
  CHECK(at::allclose(found("projection_squares"), along.square().sum(0), 1e-4,
                     1e-4));
}

const Transformer& no_model() { throw std::logic_error("no model is needed"); }

}  // namespace

TEST_CASE("features are counted on x+ and on x-", "[jobs][feature_activity]") {
  const Subject s;
  const auto inputs = s.inputs({3, 4});
  ActivityTask task;
  task.layer = 1;  // the second of the inputs': block 2
  const TaskOutput output = feature_activity(task, inputs, s.sae, no_model);
  std::vector<at::Tensor> all;
  for (const auto& one : inputs) {
    all.push_back(to_tensor(one.at("activations"))[1]);  // [n, 2, d_model]
  }
  const at::Tensor pairs = at::cat(all);
  check_group(output, 0, pairs.select(1, 0), s.sae);
  check_group(output, 1, pairs.select(1, 1), s.sae);
  CHECK(array(output, "active").sum().item<std::int64_t>() > 0);
}

TEST_CASE("features are counted on first tokens and on the others",
          "[jobs][feature_activity]") {
  const Subject s;
  ActivityTask task;
  task.texts = {{1, 5, 7, 9}, {1, 6}, {4, 4, 4, 4, 4}};
  task.layer = 2;
  const TaskOutput output = feature_activity(
      task, {}, s.sae, [&]() -> const Transformer& { return s.toy.model; });
  std::vector<at::Tensor> firsts, others;
  for (const auto& ids : task.texts) {
    ContrastTokens text;
    text.shared = ids;
    const at::Tensor rows =
        clean_pass(s.toy.model, text, task.layer, [](const BlockState&) {});
    firsts.push_back(rows.narrow(0, 0, 1));
    others.push_back(rows.slice(0, 1));
  }
  check_group(output, 0, at::cat(firsts), s.sae);
  check_group(output, 1, at::cat(others), s.sae);
}
