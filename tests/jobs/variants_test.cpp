#include "jobs/steering/variants.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>

#include "jobs/device/philox.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/steering/balanced_signs.hpp"
#include "jobs/steering/evaluate.hpp"
#include "jobs/steering/resampled_clusters.hpp"
#include "jobs/task/evaluate_result.hpp"
#include "jobs/task/evaluated_cells.hpp"
#include "jobs/task/result_writer.hpp"
#include "jobs/task/variants_result.hpp"
#include "tests/support/toy_model.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

at::Tensor get(const TaskOutput& output, const char* name) {
  return to_tensor(output.result.at(name));
}

struct Fixture {
  Fixture() : toy(ComputeType::float64) {
    at::manual_seed(4);
    vectors = at::randn({1, 32}, at::kDouble) * 3;
    rebuilt = at::randn({2, 32}, at::kFloat);
    rebuilt[1].zero_();
    // The vector, what it was made of, an SAE's parts, another behaviour.
    activations = at::randn({1, 12, 2, 32}, at::kFloat);
    inputs = {{{"vector", to_array(vectors)},
               {"median_norm", to_array(at::full({1}, 7.0, at::kDouble))},
               {"balanced", to_array(vectors / 2)},
               {"letter", to_array(vectors.flip(1) / 5)}},
              {{"activations", to_array(activations)}},
              {{"parts", to_array(rebuilt)}},
              {{"vector", to_array(vectors.flip(1) * 3)}}};
    for (int i = 0; i < 40; ++i) {
      const bool a = i % 2 == 0;
      items.push_back(locate(
          render(*template_of("chatml"), "s", "No. " + std::to_string(i), {}),
          a ? "(A)" : "(B)", a ? "(B)" : "(A)", *toy.header.tokenizer,
          PositionRule{}));
      items.back().letter_sign = a ? 1 : -1;
    }
  }

  TaskOutput make(const std::vector<VariantRequest>& requests) const {
    VariantsTask task;
    task.n_extracts = 1;
    task.requests = requests;
    task.behaviours = {0, 3};
    task.clusters = clusters;
    return make_variants(task, inputs,
                         [this]() -> const Transformer& { return toy.model; });
  }

  // (1/n) sum_i weight_i (x_i+ - x_i-), written out.
  at::Tensor mean_of(const std::vector<double>& weights) const {
    at::Tensor sum = at::zeros({32}, at::kDouble);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const at::Tensor pair =
          activations[0][static_cast<std::int64_t>(i)].to(at::kDouble);
      sum += (pair[0] - pair[1]) * weights[i];
    }
    return sum / static_cast<double>(weights.size());
  }
  // With the key of request().
  at::Tensor shuffled() const {
    const auto signs = balanced_signs(clusters, storage::key_of("cell"));
    return mean_of({signs.begin(), signs.end()});
  }
  at::Tensor resampled() const {
    return mean_of(resampled_counts(clusters, storage::key_of("cell")));
  }

  tests::ToyModel toy;
  at::Tensor vectors, rebuilt, activations;
  std::vector<storage::ArrayMap> inputs;
  std::vector<ContrastTokens> items;
  std::vector<PairCluster> clusters;
};

VariantRequest request(VariantSource source) {
  VariantRequest one;
  one.source = source;
  one.random_key = storage::key_of("cell");
  return one;
}

// Mean slope of the propensity over multipliers -1, 1 for items with `sign`.
double slope(const TaskOutput& answers,
             const std::vector<ContrastTokens>& items, int sign) {
  const at::Tensor propensity =
      get(answers, "logit_match") - get(answers, "logit_other");
  double sum = 0;
  int n = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].letter_sign != sign) continue;
    const at::Tensor one = propensity[static_cast<std::int64_t>(i)][0];
    sum += (one[1] - one[0]).item<double>() / 2;
    ++n;
  }
  return sum / n;
}

TaskOutput steer_with(const Fixture& f, SignRule rule) {
  VariantRequest planted = request(VariantSource::planted);
  planted.token_a = f.items[0].token_match;
  planted.token_b = f.items[0].token_other;
  planted.sign_rule = rule;
  const TaskOutput variants = f.make({planted});
  EvaluateTask task;
  task.items = f.items;
  task.multipliers = {-1, 1};
  task.variants = {{0, 0, 3, rule}};
  return evaluate(task, {variants.result}, f.toy.model);
}

}  // namespace

TEST_CASE("variants have the length their rule says", "[jobs][variants]") {
  const Fixture f;
  VariantRequest original = request(VariantSource::original);
  original.norm_rule = NormRule::as_is;
  VariantRequest rebuilt = request(VariantSource::reconstruction);
  rebuilt.input = 2;
  rebuilt.row = 0;
  VariantRequest empty = rebuilt;
  empty.row = 1;
  VariantRequest raw = rebuilt;
  raw.norm_rule = NormRule::as_is;
  const TaskOutput made =
      f.make({original, rebuilt, empty, raw, request(VariantSource::random)});
  const double norm = f.vectors.norm().item<double>();
  const at::Tensor norms = get(made, "norm");
  CHECK(norms[0].item<double>() == Approx(norm));
  CHECK(norms[1].item<double>() == Approx(norm));
  CHECK(norms[2].item<double>() == 0);  // nothing can give it a length
  CHECK(norms[3].item<double>() == Approx(f.rebuilt[0].norm().item<double>()));
  CHECK(norms[4].item<double>() == Approx(norm));
  CHECK(get(made, "cosine")[0].item<double>() == Approx(1));
  CHECK(std::abs(get(made, "cosine")[4].item<double>()) < 0.6);
}

TEST_CASE("a random control belongs to its key alone", "[jobs][variants]") {
  const Fixture f;
  VariantRequest other = request(VariantSource::random);
  other.random_key = storage::key_of("another cell");
  const at::Tensor made =
      get(f.make({request(VariantSource::random), other}), "vectors");
  const at::Tensor again =
      get(f.make({request(VariantSource::random)}), "vectors");
  CHECK(at::equal(made[0], again[0]));
  CHECK_FALSE(at::equal(made[0], made[1]));
}

TEST_CASE("stand-ins are made of the activations and of other vectors",
          "[jobs][variants]") {
  Fixture f;
  for (int i = 0; i < 12; ++i) f.clusters.push_back({i / 2, 0});
  VariantRequest other = request(VariantSource::other);
  other.input = 3;
  other.row = 0;
  const TaskOutput made = f.make({request(VariantSource::covariance),
                                  request(VariantSource::shuffled), other});
  const at::Tensor vectors = get(made, "vectors").to(at::kDouble);
  const at::Tensor x = f.activations[0].to(at::kDouble);  // [12, 2, 32]
  const auto direction = [](const at::Tensor& v) { return v / v.norm(); };
  // In the span of the activations around their side's mean (24 of 32
  // dimensions, less two).
  const at::Tensor centred =
      (x - x.mean({0}, true)).permute({1, 0, 2}).reshape({24, 32});
  const at::Tensor normals = to_tensor(
      storage::make_array(std::span<const double>(coxswain::jobs::normals(
                              storage::key_of("cell"), 24)),
                          {24}));
  CHECK(at::allclose(direction(vectors[0]),
                     direction(at::mv(centred.t(), normals)), 1e-5, 1e-6));
  // Signs alone: a sum of the pairs' differences.
  CHECK(
      at::allclose(direction(vectors[1]), direction(f.shuffled()), 1e-5, 1e-6));
  CHECK(at::allclose(direction(vectors[2]), direction(f.vectors.flip(1)[0]),
                     1e-5, 1e-6));
  const double norm = f.vectors.norm().item<double>();
  for (int i = 0; i < 3; ++i) {
    CHECK(vectors[i].norm().item<double>() == Approx(norm));
  }
}

// spec: W_U[A] - W_U[B] through the final norm's gain, turned with each item's
// matching letter, must move content; with a fixed sign, letters alone.
TEST_CASE("a planted vector with a known answer has a content slope",
          "[jobs][variants]") {
  const Fixture f;
  const TaskOutput turned = steer_with(f, SignRule::matching_letter);
  const double content =
      0.5 * (slope(turned, f.items, 1) + slope(turned, f.items, -1));
  CHECK(content > 0.5);
  CHECK(slope(turned, f.items, 1) > 0.3);
  CHECK(slope(turned, f.items, -1) > 0.3);
}

TEST_CASE("the same planted vector with a fixed sign has a letter slope alone",
          "[jobs][variants]") {
  const Fixture f;
  const TaskOutput fixed = steer_with(f, SignRule::fixed);
  const double a = slope(fixed, f.items, 1);
  const double b = slope(fixed, f.items, -1);
  CHECK((a - b) / 2 > 0.5);
  CHECK(std::abs(a + b) / 2 < 0.1 * (a - b) / 2);
}

TEST_CASE("answers do not depend on how a task's items are cut into batches",
          "[jobs][variants]") {
  const Fixture f;
  VariantRequest original = request(VariantSource::original);
  const TaskOutput variants = f.make({original});
  EvaluateTask task;
  task.variants = {{0, 0, 1, SignRule::fixed}};
  for (int i = 0; i < 300; ++i) task.multipliers.push_back(0.01 * i);
  task.items = f.items;
  const TaskOutput all = evaluate(task, {variants.result}, f.toy.model);
  task.items = {f.items[17]};
  const TaskOutput one = evaluate(task, {variants.result}, f.toy.model);
  CHECK(at::allclose(get(all, "logit_match")[17], get(one, "logit_match")[0],
                     1e-6, 1e-6));
  CHECK(get(all, "log_sum_exp").sizes() == at::IntArrayRef({40, 1, 300}));

  // Without the letters' mass the logits are the same, to the last bit.
  const auto key = key_of(task, {}, 1);
  task.letter_mass = false;
  const TaskOutput letters = evaluate(task, {variants.result}, f.toy.model);
  CHECK(at::equal(get(letters, "logit_match"), get(one, "logit_match")));
  CHECK(letters.result.count("log_sum_exp") == 0);
  CHECK(key_of(task, {}, 1) != key);
}

TEST_CASE(
    "a dose rule says how long the original is, and what is as long as it",
    "[jobs][variants]") {
  const Fixture f;
  const double norm = f.vectors.norm().item<double>();
  const double own = f.rebuilt[0].norm().item<double>();
  for (const auto& [rule, length] : {std::pair{DoseRule::raw, norm},
                                     {DoseRule::residual_fraction, 7.0},
                                     {DoseRule::behaviour_mean, 2 * norm}}) {
    VariantRequest original = request(VariantSource::original);
    original.norm_rule = NormRule::as_is;
    VariantRequest rebuilt = request(VariantSource::reconstruction);
    rebuilt.input = 2;
    rebuilt.row = 0;
    VariantRequest as_is = rebuilt;
    as_is.norm_rule = NormRule::as_is;
    std::vector<VariantRequest> all{original, rebuilt, as_is,
                                    request(VariantSource::random)};
    for (VariantRequest& one : all) one.dose_rule = rule;
    const at::Tensor norms = get(f.make(all), "norm");
    CHECK(norms[0].item<double>() == Approx(length));
    CHECK(norms[1].item<double>() == Approx(length));
    CHECK(norms[2].item<double>() == Approx(own * length / norm));
    CHECK(norms[3].item<double>() == Approx(length));
  }
}

TEST_CASE("the balanced and the letter vector are those of the vector task",
          "[jobs][variants]") {
  const Fixture f;
  std::vector<VariantRequest> both{request(VariantSource::balanced),
                                   request(VariantSource::letter)};
  for (VariantRequest& one : both) one.norm_rule = NormRule::as_is;
  const at::Tensor made = get(f.make(both), "vectors").to(at::kDouble);
  CHECK((made[0] - f.vectors[0] / 2).abs().max().item<double>() < 1e-6);
  CHECK((made[1] - f.vectors.flip(1)[0] / 5).abs().max().item<double>() < 1e-6);
}

TEST_CASE("a shuffled vector has its own length unless it is stretched",
          "[jobs][variants]") {
  Fixture f;
  for (int i = 0; i < 12; ++i) f.clusters.push_back({i / 2, i < 8 ? 1 : -1});
  VariantRequest as_is = request(VariantSource::shuffled);
  as_is.norm_rule = NormRule::as_is;
  VariantRequest dosed = as_is;
  dosed.dose_rule = DoseRule::behaviour_mean;  // twice the vector
  const TaskOutput made =
      f.make({as_is, request(VariantSource::shuffled), dosed});
  const at::Tensor vectors = get(made, "vectors").to(at::kDouble);
  const at::Tensor expected = f.shuffled();
  const double norm = f.vectors.norm().item<double>();
  CHECK((vectors[0] - expected).abs().max().item<double>() < 1e-6);
  CHECK((vectors[1] - expected * (norm / expected.norm()))
            .abs()
            .max()
            .item<double>() < 1e-5);
  CHECK((vectors[2] - 2 * expected).abs().max().item<double>() < 1e-6);
  CHECK(get(made, "norm")[1].item<double>() == Approx(norm));
}

TEST_CASE("what all pairs have in common cancels in a shuffled vector",
          "[jobs][variants]") {
  Fixture f;
  // Letters with an even number of clusters each, one pair a cluster: the same
  // difference in every pair, and one that turns with the letter.
  const at::Tensor letter = at::ones({12, 1}, at::kFloat);
  for (int i = 0; i < 12; ++i) {
    f.clusters.push_back({i, i < 8 ? 1 : -1});
    if (i >= 8) letter[i][0] = -1;
  }
  const at::Tensor common = f.rebuilt[0];
  const at::Tensor turning = f.vectors[0].to(at::kFloat);
  const at::Tensor negative = at::zeros({12, 32}, at::kFloat);
  f.inputs[1] = {{"activations",
                  to_array(at::stack({common + letter * turning, negative}, 1)
                               .unsqueeze(0)
                               .contiguous())}};
  VariantRequest one = request(VariantSource::shuffled);
  one.norm_rule = NormRule::as_is;
  for (int seed = 0; seed < 20; ++seed) {
    one.random_key = storage::key_of("seed " + std::to_string(seed));
    CHECK(get(f.make({one}), "norm")[0].item<double>() < 1e-6);
  }
}

TEST_CASE("a resampled vector is the mean of the pairs that are drawn",
          "[jobs][variants]") {
  Fixture f;
  for (int i = 0; i < 12; ++i) f.clusters.push_back({i / 2, i < 8 ? 1 : -1});
  VariantRequest wanted = request(VariantSource::resampled);
  wanted.norm_rule = NormRule::as_is;
  const at::Tensor made = get(f.make({wanted}), "vectors")[0].to(at::kDouble);
  CHECK((made - f.resampled()).abs().max().item<double>() < 1e-6);
}

TEST_CASE("what is rebuilt of a resampled vector is as long as that one",
          "[jobs][variants]") {
  Fixture f;
  for (int i = 0; i < 12; ++i) f.clusters.push_back({i / 2, i < 8 ? 1 : -1});
  const double own = f.resampled().norm().item<double>();
  const double raw = f.rebuilt[0].norm().item<double>();
  VariantRequest equal = request(VariantSource::reconstruction);
  equal.input = 2;
  equal.row = 0;
  equal.resampled = true;
  VariantRequest as_is = equal, dosed = equal, empty = equal;
  as_is.norm_rule = NormRule::as_is;
  dosed.dose_rule = DoseRule::behaviour_mean;  // twice the vector
  empty.row = 1;
  const TaskOutput made = f.make({equal, as_is, dosed, empty});
  const at::Tensor vectors = get(made, "vectors").to(at::kDouble);
  const at::Tensor rebuilt = f.rebuilt[0].to(at::kDouble);
  CHECK(std::abs(own - f.vectors.norm().item<double>()) > 0.1);
  for (const auto& [row, length] :
       {std::pair{0, own}, {1, raw}, {2, 2 * own}}) {
    CHECK((vectors[row] - rebuilt * (length / raw)).abs().max().item<double>() <
          1e-5);
  }
  CHECK(get(made, "norm")[3].item<double>() == 0);
  // Cosines are to the original.
  CHECK(get(made, "cosine")[0].item<double>() ==
        Approx(rebuilt.dot(f.vectors[0]).item<double>() / raw /
               f.vectors.norm().item<double>()));
}

TEST_CASE("a part of a decomposition that failed makes no variant",
          "[jobs][variants]") {
  Fixture f;
  VariantRequest rebuilt = request(VariantSource::reconstruction);
  rebuilt.input = 2;
  rebuilt.row = 0;
  const std::vector<VariantRequest> requests{request(VariantSource::original),
                                             rebuilt};
  CHECK_FALSE(f.make(requests).result.contains("available"));
  at::Tensor parts = to_tensor(f.inputs[2].at("parts")).clone();
  at::Tensor there = at::ones({parts.size(0)}, at::kLong);
  f.inputs[2]["parts_available"] = to_array(there);
  CHECK_FALSE(f.make(requests).result.contains("available"));
  parts[0].fill_(std::numeric_limits<double>::quiet_NaN());
  there[0] = 0;
  f.inputs[2]["parts"] = to_array(parts);
  f.inputs[2]["parts_available"] = to_array(there);
  const auto result = f.make(requests).result;
  CHECK(storage::integers(result.at("available")) ==
        std::vector<std::int64_t>{1, 0});
  const at::Tensor vectors = to_tensor(result.at("vectors"));
  CHECK(vectors[0].isfinite().all().item<bool>());
  CHECK(vectors[1].isnan().all().item<bool>());
}

TEST_CASE("an evaluation computes what is not known, and gives back all",
          "[jobs][variants]") {
  const Fixture f;
  const TaskOutput variants = f.make(
      {request(VariantSource::original), request(VariantSource::balanced)});
  EvaluateTask task;
  task.variants = {{0, 0, 1, SignRule::fixed}, {0, 1, 2, SignRule::fixed}};
  task.multipliers = {-1, 0.5};
  task.items.assign(f.items.begin(), f.items.begin() + 3);
  const TaskOutput whole = evaluate(task, {variants.result}, f.toy.model);
  const std::size_t size = 3 * 2 * 2;
  const CellReader read(whole.result, size, true, "whole");
  // Items of which all is known, one, and nothing; what is known is said to be
  // 0.25, so that it shows what was computed.
  std::vector<std::int32_t> known(size, 1);
  for (std::size_t i = 4; i < 7; ++i) known[i] = 0;
  for (std::size_t i = 8; i < 12; ++i) known[i] = 0;
  EvaluatedCells some(task);
  for (std::size_t i = 0; i < size; ++i) {
    if (known[i] != 0) some.put(i, {0.25, 0.25, 0.25});
  }
  storage::ArrayMap input = some.result();
  put(input, evaluate_result::kKnown, known, {12});
  bool asked = false;
  const auto model = [&]() -> const Transformer& {
    asked = true;
    return f.toy.model;
  };
  const TaskOutput rest = evaluate(task, {variants.result, input}, model);
  CHECK(asked);
  for (const char* name : {"logit_match", "logit_other", "log_sum_exp"}) {
    const at::Tensor all = get(whole, name).flatten();
    const at::Tensor got = get(rest, name).flatten();
    for (std::int64_t i = 0; i < 12; ++i) {
      const double expected = known[static_cast<std::size_t>(i)] != 0
                                  ? 0.25
                                  : all[i].item<double>();
      CHECK(got[i].item<double>() == Approx(expected).epsilon(1e-6));
    }
  }
  // With everything known no model is loaded, and the bytes are the same.
  EvaluatedCells all(task);
  for (std::size_t i = 0; i < size; ++i) read.copy(i, all, i);
  input = all.result();
  put(input, evaluate_result::kKnown, std::vector<std::int32_t>(size, 1), {12});
  asked = false;
  const TaskOutput copied = evaluate(task, {variants.result, input}, model);
  CHECK_FALSE(asked);
  for (const auto& [name, array] : whole.result) {
    CHECK(copied.result.at(name).bytes == array.bytes);
  }
}

TEST_CASE("a cell without numbers or vector costs no other",
          "[jobs][variants]") {
  const Fixture f;
  const TaskOutput variants = f.make(
      {request(VariantSource::original), request(VariantSource::balanced)});
  EvaluateTask task;
  task.variants = {{0, 0, 1, SignRule::fixed},
                   {0, 1, 1, SignRule::fixed},
                   {1, 0, 1, SignRule::fixed}};
  task.multipliers = {1, 1e308};
  task.items.assign(f.items.begin(), f.items.begin() + 2);
  storage::ArrayMap made = variants.result;
  put(made, variants_result::kAvailable, std::vector<std::int64_t>{1, 0}, {2});
  const TaskOutput output = evaluate(task, {made, {}}, f.toy.model);
  const auto why =
      storage::integers(output.result.at(evaluate_result::kNoCell.name));
  const auto number = [](NoCell one) { return static_cast<std::int64_t>(one); };
  for (std::size_t item = 0; item < 2; ++item) {
    CHECK(why[6 * item + 0] == number(NoCell::computed));
    CHECK(why[6 * item + 1] == number(NoCell::not_finite));
    for (const std::size_t m : {0U, 1U}) {
      CHECK(why[6 * item + 2 + m] == number(NoCell::no_vector));
      CHECK(why[6 * item + 4 + m] == number(NoCell::not_there));
    }
  }
  // What is computed beside them is what it is alone.
  task.variants.resize(1);
  task.multipliers = {1};
  const TaskOutput alone = evaluate(task, {made}, f.toy.model);
  for (std::int64_t item = 0; item < 2; ++item) {
    CHECK(get(output, "logit_match")[item][0][0].item<double>() ==
          Approx(get(alone, "logit_match")[item][0][0].item<double>())
              .epsilon(1e-6));
  }
  CHECK(failed_cells_of(output.result) == 2 * (1 + 2));
}
