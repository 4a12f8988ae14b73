#include "jobs/observation/feature_activity.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>

#include "jobs/device/tensor_array.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/steering_vector.hpp"
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
  const auto sum = [&](const char* name) {
    return array(output, name).select(1, group).sum(0);
  };
  CHECK(found("active").equal(codes.ne(0).sum(0)));
  CHECK(
      at::allclose(sum("code_sum"), codes.to(at::kDouble).sum(0), 1e-5, 1e-6));
  CHECK(at::allclose(found("code_most"), codes.amax(0).to(at::kDouble), 1e-5,
                     1e-6));
  CHECK(at::allclose(sum("projection_sum"), along.sum(0), 1e-4, 1e-4));
  CHECK(at::allclose(sum("projection_squares"), along.square().sum(0), 1e-4,
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

namespace {

ActivityTask of_texts() {
  ActivityTask task;
  task.texts = {{1, 5, 7, 9}, {1, 6, 9}, {4, 4, 4, 4, 4}};
  task.layer = 2;
  return task;
}

TaskOutput activity(const Subject& s, const ActivityTask& task) {
  return feature_activity(task, {}, s.sae,
                          [&]() -> const Transformer& { return s.toy.model; });
}

// resid_post of a text's tokens from `first` on.
at::Tensor rows_of(const Subject& s, const ActivityTask& task, std::size_t text,
                   std::int64_t first, std::int64_t n) {
  ContrastTokens tokens;
  tokens.shared = task.texts[text];
  return clean_pass(s.toy.model, tokens, task.layer, [](const BlockState&) {})
      .narrow(0, first, n);
}

}  // namespace

TEST_CASE("features are counted on first tokens and on the others",
          "[jobs][feature_activity]") {
  const Subject s;
  const ActivityTask task = of_texts();
  const TaskOutput output = activity(s, task);
  check_group(output, 0,
              at::cat({rows_of(s, task, 0, 0, 1), rows_of(s, task, 1, 0, 1),
                       rows_of(s, task, 2, 0, 1)}),
              s.sae);
  check_group(output, 1,
              at::cat({rows_of(s, task, 0, 1, 3), rows_of(s, task, 1, 1, 2),
                       rows_of(s, task, 2, 1, 4)}),
              s.sae);
  CHECK(output.result.count("context_values") == 0);
}

TEST_CASE("sinks are apart from what they would outweigh",
          "[jobs][feature_activity]") {
  const Subject s;
  for (const std::int64_t token : {1, 9}) {
    s.toy.model.weights().embedding.select(0, token).mul_(1000);
  }
  ActivityTask task = of_texts();
  task.sinks_apart = true;
  const TaskOutput output = activity(s, task);
  check_group(output, 0, rows_of(s, task, 2, 0, 1), s.sae);
  check_group(output, 1,
              at::cat({rows_of(s, task, 0, 1, 2), rows_of(s, task, 1, 1, 1),
                       rows_of(s, task, 2, 1, 4)}),
              s.sae);
  check_group(output, 2,
              at::cat({rows_of(s, task, 0, 0, 1), rows_of(s, task, 1, 0, 1)}),
              s.sae);
  check_group(output, 3,
              at::cat({rows_of(s, task, 0, 3, 1), rows_of(s, task, 1, 2, 1)}),
              s.sae);
}

TEST_CASE("where features fire most is kept, first tokens and sinks apart",
          "[jobs][feature_activity]") {
  const Subject s;
  s.toy.model.weights().embedding.select(0, 9).mul_(1000);
  ActivityTask task = of_texts();
  task.sinks_apart = true;
  task.contexts = 2;
  const TaskOutput output = activity(s, task);
  const at::Tensor values = array(output, "context_values");
  const auto places = storage::integers(output.result.at("context_places"));
  REQUIRE(values.sizes() == at::IntArrayRef({64, 2}));
  REQUIRE(places.size() == 64U * 2 * 2);
  const auto code_at = [&](std::int64_t text, std::int64_t position) {
    return s.sae.encode(
        rows_of(s, task, static_cast<std::size_t>(text), position, 1),
        s.sae.header.b_dec_input)[0];
  };
  const at::Tensor all =
      at::stack({code_at(0, 1), code_at(0, 2), code_at(1, 1), code_at(2, 1),
                 code_at(2, 2), code_at(2, 3), code_at(2, 4)});
  const at::Tensor most = std::get<0>(all.topk(2, 0)).t();
  CHECK(at::allclose(values, most, 1e-5, 1e-6));
  CHECK(most.gt(0).any().item<bool>());
  for (std::int64_t i = 0; i < 128; ++i) {
    const float value = values[i / 2][i % 2].item<float>();
    if (value == 0) continue;
    const auto at = static_cast<std::size_t>(2 * i);
    CHECK(places[at + 1] > 0);
    CHECK(code_at(places[at], places[at + 1])[i / 2].item<float>() ==
          Approx(value).epsilon(1e-5));
  }
}
