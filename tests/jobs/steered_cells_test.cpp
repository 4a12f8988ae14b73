#include "jobs/steering/steered_cells.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>

#include "jobs/steering/clean_pass.hpp"
#include "tests/support/toy_model.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

std::vector<ContrastTokens> items(const tests::ToyModel& toy,
                                  const std::string& rule) {
  std::vector<ContrastTokens> out;
  for (const char* question : {"the cat", "is this it?",
                               "A longer question, the third of four.", "x"}) {
    out.push_back(locate(render(*template_of("chatml"), "s", question, {}),
                         "(A)", "(B)", *toy.header.tokenizer,
                         *position_rule_named(rule)));
    out.back().letter_sign = out.size() % 2 == 0 ? 1 : -1;
  }
  return out;
}

std::vector<Steering> steerings(const Transformer& model) {
  at::manual_seed(5);
  std::vector<Steering> out;
  for (const std::int64_t layer : {0, 1, 3}) {
    const at::Tensor vector = at::randn({32}, at::kDouble);
    for (const double multiplier : {-2.0, 0.0, 0.5, 1.5}) {
      out.push_back({layer, vector, multiplier,
                     layer == 1 ? SignRule::matching_letter : SignRule::fixed});
    }
  }
  for (Steering& one : out) one.vector = one.vector.to(model.stream());
  return out;
}

// A feature's reader that fires on about half of the rows.
ClampedFeature some_feature(const Transformer& model, std::size_t number) {
  at::manual_seed(40 + number);
  return {at::randn({32}, at::kDouble).to(model.stream()),
          {0.5, 0.25, number % 2 == 0 ? 1 : 1.5, 0.5},
          0.75 * static_cast<double>(number % 3)};
}

// The same places under all that is not addition, multiplier 0 among them.
std::vector<Steering> other_operations(const Transformer& model) {
  std::vector<Steering> out;
  for (const Operation operation :
       {Operation::project_out, Operation::add_keep_norm, Operation::rotate}) {
    for (Steering one : steerings(model)) {
      if (operation == Operation::rotate) one.multiplier *= 30;
      one.operation = operation;
      out.push_back(one);
    }
  }
  for (Steering one : steerings(model)) {
    one.operation = Operation::clamp;
    one.sign_rule = SignRule::fixed;
    one.feature = some_feature(model, out.size());
    out.push_back(one);
  }
  return out;
}

// Vectors on several layers at once, the last block's among them, by each
// operation; and one alone on the first of them.
std::vector<Steering> together(const Transformer& model) {
  at::manual_seed(9);
  std::vector<at::Tensor> vectors;
  for (int i = 0; i < 4; ++i) {
    vectors.push_back(at::randn({32}, at::kDouble).to(model.stream()));
  }
  std::vector<Steering> out;
  for (const Operation operation :
       {Operation::add, Operation::project_out, Operation::add_keep_norm,
        Operation::rotate}) {
    const double unit = operation == Operation::rotate ? 20 : 1;
    for (const double multiplier : {-1.0, 0.0, 0.5}) {
      Steering one{0, vectors[0], unit * multiplier, SignRule::fixed,
                   operation};
      out.push_back(one);
      one.further = {{1, vectors[1]}, {3, vectors[3]}};
      out.push_back(one);
      one.further = {{1, vectors[1]}, {2, vectors[2]}, {3, vectors[3]}};
      out.push_back(one);
      out.push_back({2,
                     vectors[2],
                     unit * multiplier,
                     SignRule::matching_letter,
                     operation,
                     {{3, vectors[0]}}});
    }
  }
  return out;
}

bool same_bytes(const Answers& a, const Answers& b) {
  return at::equal(a.match, b.match) && at::equal(a.other, b.other) &&
         at::equal(a.log_sum_exp, b.log_sum_exp);
}

double largest_difference(const Answers& a, const Answers& b) {
  const auto one = [](const at::Tensor& x, const at::Tensor& y) {
    return (x.to(at::kDouble) - y.to(at::kDouble)).abs().max().item<double>();
  };
  return std::max({one(a.match, b.match), one(a.other, b.other),
                   one(a.log_sum_exp, b.log_sum_exp)});
}

}  // namespace

TEST_CASE("cells by reuse equal plain full passes, for every position rule",
          "[jobs][steered_cells]") {
  const tests::ToyModel toy64(ComputeType::float64);
  const tests::ToyModel toy32(ComputeType::float32);
  for (const char* rule :
       {"all", "all_but_first", "from_last_prompt_token", "answer_only",
        "after_instruction", "from:5", "from:500"}) {
    INFO(rule);
    const auto some = items(toy64, rule);
    const auto exact = steer_plainly(toy64.model, some, steerings(toy64.model));
    CHECK(largest_difference(steer(toy64.model, some, steerings(toy64.model)),
                             exact) < 1e-10);
    CHECK(largest_difference(steer(toy32.model, some, steerings(toy32.model)),
                             exact) < 2e-4);
  }
}

TEST_CASE("so do cells under other operations, and of each its own bytes",
          "[jobs][steered_cells]") {
  const tests::ToyModel toy64(ComputeType::float64);
  const tests::ToyModel toy32(ComputeType::float32);
  for (const char* rule :
       {"all", "from_last_prompt_token", "answer_only", "from:5", "from:500"}) {
    INFO(rule);
    const auto some = items(toy64, rule);
    const std::vector<Steering> how64 = other_operations(toy64.model);
    const std::vector<Steering> how32 = other_operations(toy32.model);
    const auto exact = steer_plainly(toy64.model, some, how64);
    CHECK(largest_difference(steer(toy64.model, some, how64), exact) < 1e-10);
    const Answers found = steer(toy32.model, some, how32);
    CHECK(largest_difference(found, exact) < 2e-4);
    CHECK(same_bytes(found, steer_plainly(toy32.model, some, how32)));
    // Beside cells that add, and those in any order.
    std::vector<Steering> mixed = steerings(toy32.model);
    const auto n = static_cast<std::int64_t>(mixed.size());
    mixed.insert(mixed.begin(), how32.rbegin(), how32.rend());
    const Answers all = steer(toy32.model, some, mixed);
    CHECK(at::equal(all.match.narrow(1, 0, found.match.size(1)),
                    found.match.flip(1)));
    CHECK(at::equal(all.match.narrow(1, found.match.size(1), n),
                    steer(toy32.model, some, steerings(toy32.model)).match));
  }
}

TEST_CASE("vectors that act together equal plain passes with all of them",
          "[jobs][steered_cells]") {
  const tests::ToyModel toy64(ComputeType::float64);
  const tests::ToyModel toy32(ComputeType::float32);
  for (const char* rule :
       {"all", "from_last_prompt_token", "answer_only", "from:500"}) {
    INFO(rule);
    const auto some = items(toy64, rule);
    const auto exact = steer_plainly(toy64.model, some, together(toy64.model));
    CHECK(largest_difference(steer(toy64.model, some, together(toy64.model)),
                             exact) < 1e-10);
    const std::vector<Steering> how = together(toy32.model);
    const Answers found = steer(toy32.model, some, how);
    CHECK(largest_difference(found, exact) < 2e-4);
    CHECK(same_bytes(found, steer_plainly(toy32.model, some, how)));
    if (std::string(rule) == "from:500") continue;
    // Each of them does something.
    for (std::int64_t s = 8; s + 3 < std::ssize(how); s += 12) {
      CHECK_FALSE(
          at::equal(found.match.select(1, s), found.match.select(1, s + 1)));
      CHECK_FALSE(at::equal(found.match.select(1, s + 1),
                            found.match.select(1, s + 2)));
    }
  }
}

TEST_CASE("multiplier 0 of any operation answers as the clean pass does",
          "[jobs][steered_cells]") {
  const tests::ToyModel toy(ComputeType::float32);
  const auto some = items(toy, "all");
  const std::vector<Steering> how = other_operations(toy.model);
  const Answers found = steer(toy.model, some, how);
  const Answers clean =
      steer(toy.model, some, {{0, how[0].vector, 0.0, SignRule::fixed}});
  int none = 0;
  for (std::size_t s = 0; s < how.size(); ++s) {
    const auto at = static_cast<std::int64_t>(s);
    const bool same =
        at::equal(found.match.select(1, at), clean.match.select(1, 0)) &&
        at::equal(found.log_sum_exp.select(1, at),
                  clean.log_sum_exp.select(1, 0));
    CHECK(same == (how[s].multiplier == 0));
    none += how[s].multiplier == 0 ? 1 : 0;
  }
  CHECK(none == 12);
}

TEST_CASE("steering does something, and multiplier 0 nothing",
          "[jobs][steered_cells]") {
  const tests::ToyModel toy(ComputeType::float64);
  const auto some = items(toy, "from_last_prompt_token");
  const Answers found = steer(toy.model, some, steerings(toy.model));
  const at::Tensor zero = found.match.select(1, 1);
  for (const std::int64_t same : {5, 9}) {
    CHECK(at::equal(found.match.select(1, same), zero));
  }
  CHECK((found.match.select(1, 3) - zero).abs().min().item<double>() > 1e-4);
}

TEST_CASE("many cells of one prompt stay blind to each other",
          "[jobs][steered_cells]") {
  // More cells than one attention call takes.
  const tests::ToyModel toy(ComputeType::float64);
  const std::vector<ContrastTokens> one{items(toy, "from:20")[2]};
  const Steering base = steerings(toy.model)[3];
  std::vector<Steering> many;
  for (int i = 0; i < 150; ++i) {
    many.push_back(base);
    many.back().multiplier = 0.01 * (i + 1);
  }
  CHECK(largest_difference(steer(toy.model, one, many),
                           steer_plainly(toy.model, one, many)) < 1e-10);
}

TEST_CASE("siblings read what two strings of their own would",
          "[jobs][steered_cells]") {
  const tests::ToyModel toy(ComputeType::float64);
  const auto some = items(toy, "all");
  const PackedPrompts packed(some, PackedPrompts::Siblings::both);
  CHECK(packed.beginning > 0);
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < some.size(); ++i) {
    const std::int64_t match = packed.row(i, packed.shared[i]);
    rows.insert(rows.end(), {match, match + 1});
  }
  const at::Tensor together =
      clean_pass(toy.model, packed, 3, at::tensor(rows, at::kLong),
                 [](const BlockState&) {});
  for (std::size_t i = 0; i < some.size(); ++i) {
    for (const int side : {0, 1}) {
      ContrastTokens whole = some[i];
      whole.shared.push_back(side == 0 ? whole.token_match : whole.token_other);
      const at::Tensor last =
          clean_pass(toy.model, whole, 3, [](const BlockState&) {});
      const at::Tensor read = together[2 * static_cast<int>(i) + side];
      CHECK((last[-1] - read).abs().max().item<double>() < 1e-10);
    }
  }
}
