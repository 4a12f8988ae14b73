// What else is in a pass, and how many threads compute it, has no part in a
// row's bits.
#include <ATen/ATen.h>

#include <catch2/catch.hpp>

#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/steered_cells.hpp"
#include "tests/support/threads.hpp"
#include "tests/support/toy_model.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

std::vector<ContrastTokens> items(const tests::ToyModel& toy,
                                  const std::string& rule) {
  std::vector<ContrastTokens> out;
  for (const char* question :
       {"the cat", "is this it?", "A longer question, the third of four.", "x",
        "a question that begins as the next", "a question that begins"}) {
    out.push_back(locate(render(*template_of("chatml"), "s", question, {}),
                         "(A)", "(B)", *toy.header.tokenizer,
                         *position_rule_named(rule)));
  }
  return out;
}

std::vector<Steering> steerings(const Transformer& model) {
  at::manual_seed(7);
  std::vector<Steering> out;
  for (const std::int64_t layer : {0, 1, 3}) {
    const at::Tensor vector = at::randn({32}, at::kDouble).to(model.stream());
    for (const double multiplier : {-2.0, 0.5, 1.5}) {
      out.push_back({layer, vector, multiplier, {}});
    }
    for (const Operation operation : {Operation::project_out, Operation::rotate,
                                      Operation::add_keep_norm}) {
      out.push_back({layer, vector, 1.5, {}, operation});
    }
    if (layer < 3) {
      out.push_back(
          {layer, vector, 1.5, {}, Operation::add, {{2, vector}, {3, vector}}});
    }
  }
  return out;
}

// The stream behind each block at the last three tokens of every prompt.
std::vector<at::Tensor> streams(const Transformer& model,
                                const std::vector<ContrastTokens>& prompts) {
  const PackedPrompts packed(prompts, PackedPrompts::Siblings::both);
  std::vector<std::int64_t> from;
  for (const ContrastTokens& one : prompts) {
    from.push_back(std::ssize(one.shared) - 3);
  }
  const at::Tensor wanted = packed.rows_from(from);
  std::vector<at::Tensor> found;
  clean_pass(model, packed, model.architecture().n_layers - 1, wanted,
             [&](const BlockState& state) { found.push_back(state.wanted()); });
  // By prompt: [blocks, prompts, rows of each, d_model]
  const at::Tensor all = at::stack(found);
  return all.view({all.size(0), std::ssize(prompts), -1, all.size(2)})
      .unbind(1);
}

bool same(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  return std::ranges::equal(
      a, b, [](const auto& x, const auto& y) { return at::equal(x, y); });
}

// What steer() answers: match, other, log-sum-exp [items, steerings] together.
at::Tensor answers(const Transformer& model,
                   const std::vector<ContrastTokens>& some,
                   const std::vector<Steering>& how) {
  const Answers found = steer(model, some, how);
  return at::stack({found.match, found.other, found.log_sum_exp});
}

constexpr ComputeType kTypes[] = {ComputeType::float32, ComputeType::bfloat16,
                                  ComputeType::float64};

}  // namespace

TEST_CASE("a prompt's stream does not depend on the other prompts of its pass",
          "[jobs][rows_alone]") {
  for (const ComputeType compute : kTypes) {
    INFO(static_cast<int>(compute));
    const tests::ToyModel toy(compute);
    std::vector<ContrastTokens> some = items(toy, "all");
    const tests::Threads one(1);
    const std::vector<at::Tensor> all = streams(toy.model, some);
    for (std::size_t i = 0; i < some.size(); ++i) {
      CHECK(same(streams(toy.model, {some[i]}), {all[i]}));
    }
    CHECK(same(streams(toy.model, {some.begin() + 2, some.begin() + 5}),
               {all.begin() + 2, all.begin() + 5}));
    for (const int threads : {2, 3}) {
      const tests::Threads several(threads);
      CHECK(same(streams(toy.model, some), all));
    }
    std::ranges::reverse(some);
    CHECK(same(streams(toy.model, some), {all.rbegin(), all.rend()}));
  }
}

TEST_CASE("a cell's answer does not depend on the other cells",
          "[jobs][rows_alone]") {
  for (const ComputeType compute : kTypes) {
    const tests::ToyModel toy(compute);
    const std::vector<Steering> how = steerings(toy.model);
    const tests::Threads one(1);
    for (const char* rule : {"from_last_prompt_token", "from:5", "all"}) {
      INFO(static_cast<int>(compute) << " " << rule);
      const std::vector<ContrastTokens> some = items(toy, rule);
      const at::Tensor all = answers(toy.model, some, how);
      for (std::size_t i = 0; i < some.size(); ++i) {
        const at::Tensor of_item =
            all.narrow(1, static_cast<std::int64_t>(i), 1);
        CHECK(at::equal(answers(toy.model, {some[i]}, how), of_item));
        const std::size_t s = i % how.size();
        CHECK(at::equal(answers(toy.model, {some[i]}, {how[s]}),
                        of_item.narrow(2, static_cast<std::int64_t>(s), 1)));
      }
      const std::vector<Steering> turned(how.rbegin(), how.rend());
      CHECK(at::equal(answers(toy.model, some, turned), all.flip(2)));
      for (const int threads : {2, 3}) {
        const tests::Threads several(threads);
        CHECK(at::equal(answers(toy.model, some, how), all));
      }
    }
  }
}

TEST_CASE("a row is read out by itself", "[jobs][rows_alone]") {
  for (const ComputeType compute : kTypes) {
    INFO(static_cast<int>(compute));
    const tests::ToyModel toy(compute);
    at::manual_seed(3);
    constexpr std::int64_t kRows = 37;
    const at::Tensor rows = at::randn({kRows, 32}, toy.model.stream());
    const at::Tensor wanted =
        at::randint(toy.model.architecture().d_vocab, {kRows, 2}, at::kLong);
    const Scores all = toy.model.score(rows, wanted, Vocabulary::summed);
    const at::Tensor logits = toy.model.logits(rows);
    for (std::int64_t row = 0; row < kRows; row += 5) {
      const auto alone = [&](const at::Tensor& x) {
        return x.narrow(0, row, 1);
      };
      const Scores one =
          toy.model.score(alone(rows), alone(wanted), Vocabulary::summed);
      CHECK(at::equal(one.logits, alone(all.logits)));
      CHECK(at::equal(one.log_sum_exp, alone(all.log_sum_exp)));
      CHECK(at::equal(toy.model.logits(alone(rows)), alone(logits)));
    }
  }
}
