#include "jobs/observation/observe.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>

#include "jobs/observation/norm_histogram.hpp"
#include "jobs/observation/reference_text.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/task/job_error.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_model.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

// Histograms of one layer, text after text, each in a pass of its own.
std::vector<NormHistogram> alone(const tests::ToyModel& toy,
                                 const ObserveTask& task, std::int32_t layer) {
  std::vector<NormHistogram> halves(2);
  for (const auto& ids : task.texts) {
    ContrastTokens text;
    text.shared = ids;
    const at::Tensor norms =
        clean_pass(toy.model, text, layer, [](const BlockState&) {})
            .to(at::kDouble)
            .norm(2, {1});
    for (std::int64_t i = 0; i < norms.numel(); ++i) {
      halves[i == 0 ? 0 : 1].add(norms[i].item<double>());
    }
  }
  return halves;
}

std::vector<std::vector<std::int32_t>> tokens(
    const tests::ToyModel& toy, const std::vector<std::string>& texts,
    const TextRules& rules) {
  const tests::Scratch scratch;
  const std::string path = scratch.file("corpus.jsonl");
  std::string lines;
  for (const std::string& text : texts) {
    lines += "{\"text\": \"" + text + "\"}\n";
  }
  tests::write_file(path, lines);
  return reference_tokens(path, rules, toy.header);
}

}  // namespace

TEST_CASE("norms of packed texts are those of each text alone",
          "[jobs][observe]") {
  const tests::ToyModel toy(ComputeType::float64);
  ObserveTask task;
  task.texts =
      tokens(toy, {"the first text", "the second", "another one"}, {1000, 64});
  task.layers = {2, 0};
  const auto found = to_histograms(observe(task, toy.model).result, "observe");
  REQUIRE(found.size() == 4);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto expected = alone(toy, task, task.layers[i]);
    for (std::size_t half = 0; half < 2; ++half) {
      const NormHistogram& ours = found[2 * i + half];
      CHECK(ours.count() == expected[half].count());
      CHECK(ours.mean() == Approx(expected[half].mean()).epsilon(1e-12));
      CHECK(ours.lowest() == Approx(expected[half].lowest()).epsilon(1e-12));
      CHECK(ours.highest() == Approx(expected[half].highest()).epsilon(1e-12));
    }
    CHECK(found[2 * i].count() == 3);
  }
}

TEST_CASE("texts become contexts", "[jobs][observe]") {
  const tests::ToyModel toy(ComputeType::float32);
  const std::vector<std::string> texts{"one two three", "", "four five"};
  const auto whole = tokens(toy, texts, {1000, 64});
  REQUIRE(whole.size() == 2);  // an empty text has none
  const auto n = std::ssize(whole[0]);
  const std::int64_t begins = toy.header.tokenizer->beginning() >= 0 ? 1 : 0;
  REQUIRE(n > 4 + begins);

  const auto cut = tokens(toy, texts, {1000, 4, LongTexts::cut});
  CHECK(cut.size() == 2);
  CHECK(cut[0] == std::vector(whole[0].begin(), whole[0].begin() + 4));

  const auto chunked = tokens(toy, texts, {1000, 4, LongTexts::chunked});
  CHECK(chunked.size() > 2);
  std::vector<std::int32_t> together(whole[0].begin(),
                                     whole[0].begin() + begins);
  for (std::size_t i = 0; std::ssize(together) < n; ++i) {
    CHECK(chunked[i].size() <= 4);
    together.insert(together.end(), chunked[i].begin() + begins,
                    chunked[i].end());
  }
  CHECK(together == whole[0]);

  std::int64_t all = 0;
  const std::int64_t limit = n + 3;
  for (const auto& one : tokens(toy, texts, {limit, 64})) {
    all += std::ssize(one);
  }
  CHECK(all == limit);
}

TEST_CASE("contexts have to fit into the model", "[jobs][observe]") {
  const tests::ToyModel toy(ComputeType::float32);
  const std::int64_t most = toy.header.architecture.n_ctx;
  CHECK_THROWS_AS(tokens(toy, {"one"}, {1000, most + 1}), JobError);
  CHECK_THROWS_AS(tokens(toy, {"", ""}, {1000, 64}), JobError);
}

TEST_CASE("text that is no text is refused by file and line",
          "[jobs][observe]") {
  const tests::ToyModel toy(ComputeType::float32);
  const tests::Scratch scratch;
  const std::string path = scratch.file("corpus.txt");
  tests::write_file(path, "good\n\xff\xfe bad\n");
  CHECK_THAT(tests::error_of([&] {
               reference_tokens(path, {1000, 64}, toy.header);
             }),
             Catch::Contains("corpus.txt:2: byte 1: 0xFF"));
}
