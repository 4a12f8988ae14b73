#include "jobs/steering/string_activations.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <cstring>

#include "jobs/device/tensor_array.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/steering_vector.hpp"
#include "tests/support/toy_model.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

constexpr const char* kAnswers[2][2] = {{"+", "-"}, {" (A)", " (B)"}};
enum class Answers { words, letters };

Prompt prompt(int i) { return {"item " + std::to_string(i * 7), 0}; }

std::vector<PairStrings> strings(const tests::ToyModel& toy, Answers answers,
                                 int n = 9) {
  const auto& texts = kAnswers[static_cast<int>(answers)];
  std::vector<PairStrings> out;
  for (int i = 0; i < n; ++i) {
    out.push_back(
        whole_strings(prompt(i), texts[0], texts[1], *toy.header.tokenizer));
  }
  return out;
}

at::Tensor stored(const tests::ToyModel& toy, std::vector<PairStrings> pairs,
                  storage::DType dtype = storage::DType::f32) {
  StoreTask task;
  task.pairs = std::move(pairs);
  task.layers = {2, 0};
  task.dtype = dtype;
  return to_tensor(string_activations(task, toy.model).bulk.at("activations"));
}

// [n_layers, n_pairs, 2, d_model] as vectors are made of.
at::Tensor letters(const tests::ToyModel& toy, Answers answers, int n = 9) {
  const auto& texts = kAnswers[static_cast<int>(answers)];
  ExtractTask task;
  for (int i = 0; i < n; ++i) {
    task.pairs.push_back(locate(prompt(i), texts[0], texts[1],
                                *toy.header.tokenizer, PositionRule{}));
  }
  task.layers = {2, 0};
  task.keep_activations = true;
  return to_tensor(extract(task, toy.model).bulk.at("activations"));
}

// Of pairs that are kept whole: the rows at which x+ and x- first differ.
at::Tensor at_letters(const at::Tensor& all,
                      const std::vector<PairStrings>& pairs) {
  std::vector<std::int64_t> rows;
  std::int64_t first = 0;
  for (const PairStrings& pair : pairs) {
    rows.push_back(first + std::ssize(pair.shared) - pair.keep_from);
    rows.push_back(rows.back() + std::ssize(pair.match));
    first += kept_rows(pair);
  }
  return all.index_select(1, at::tensor(rows, at::kLong))
      .view({all.size(0), std::ssize(pairs), 2, all.size(2)});
}

}  // namespace

TEST_CASE("strings are whole, and the answer begins where it does",
          "[jobs][string_activations]") {
  const tests::ToyModel toy(ComputeType::float32);
  const PairStrings pair = strings(toy, Answers::letters, 1)[0];
  REQUIRE(pair.match.size() == pair.other.size());
  CHECK(pair.match.size() == 2);  // "A" or "B", ")"
  CHECK(pair.match[0] != pair.other[0]);
  CHECK(pair.match[1] == pair.other[1]);
  // " (" is of the answer, "item 0" is not.
  const auto question = toy.header.tokenizer->encode("item 0");
  CHECK(pair.keep_from == std::ssize(question));
  CHECK(pair.keep_from < std::ssize(pair.shared));
  CHECK(kept_rows(pair) ==
        std::ssize(pair.shared) - std::ssize(question) + 2 * 2);
}

TEST_CASE("stored strings have what plain passes give at every token",
          "[jobs][string_activations]") {
  const tests::ToyModel toy(ComputeType::float64);
  for (const int from : {0, 3, -1}) {  // all, some, the answer
    std::vector<PairStrings> pairs = strings(toy, Answers::letters, 3);
    for (PairStrings& pair : pairs) {
      if (from >= 0) pair.keep_from = from;
    }
    const at::Tensor all = stored(toy, pairs);
    std::int64_t row = 0;
    for (const PairStrings& pair : pairs) {
      for (const auto* tail : {&pair.match, &pair.other}) {
        ContrastTokens whole;
        whole.shared = pair.shared;
        whole.shared.insert(whole.shared.end(), tail->begin(), tail->end());
        std::vector<at::Tensor> plain(2);
        clean_pass(toy.model, whole, 2, [&](const BlockState& state) {
          if (state.block == 2) plain[0] = state.residual.clone();
          if (state.block == 0) plain[1] = state.residual.clone();
        });
        const at::Tensor expected = at::stack(plain).narrow(
            1, pair.keep_from, std::ssize(whole.shared) - pair.keep_from);
        const auto before = std::ssize(pair.shared) - pair.keep_from;
        const auto n = std::ssize(*tail);
        const at::Tensor found = at::cat(
            {all.narrow(1, row, before),
             all.narrow(1, row + before + (tail == &pair.other ? n : 0), n)},
            1);
        REQUIRE(found.sizes() == expected.sizes());
        // Stored in float32.
        CHECK((found - expected).abs().max().item<double>() < 1e-5);
      }
      row += kept_rows(pair);
    }
    CHECK(row == all.size(1));
  }
}

TEST_CASE("at the letters, stored strings are what vectors are made of",
          "[jobs][string_activations]") {
  const tests::ToyModel toy(ComputeType::float32);
  std::vector<PairStrings> words = strings(toy, Answers::words);
  for (PairStrings& pair : words) pair.keep_from = 0;
  // One token after the question: the very same pass, but for rows that share a
  // product with others, which on some processors decides their last bits.
  const auto error = [](const at::Tensor& found, const at::Tensor& expected) {
    return (found - expected).abs().max().item<double>() /
           expected.abs().max().item<double>();
  };
  CHECK(error(at_letters(stored(toy, words), words),
              letters(toy, Answers::words)) < 1e-5);
  std::vector<PairStrings> whole = strings(toy, Answers::letters);
  for (PairStrings& pair : whole) pair.keep_from = 0;
  CHECK(error(at_letters(stored(toy, whole), whole),
              letters(toy, Answers::letters)) < 1e-5);
}

TEST_CASE("bfloat16 is float32 rounded to the nearest, ties to even",
          "[jobs][string_activations]") {
  const tests::ToyModel toy(ComputeType::float32);
  const std::vector<PairStrings> pairs = strings(toy, Answers::letters);
  const at::Tensor wide = stored(toy, pairs).contiguous();
  const at::Tensor narrow =
      stored(toy, pairs, storage::DType::bf16).contiguous();
  REQUIRE(narrow.scalar_type() == at::kBFloat16);
  REQUIRE(wide.sizes() == narrow.sizes());
  const float* of = wide.data_ptr<float>();
  const at::Tensor back = narrow.to(at::kFloat);
  const float* found = back.data_ptr<float>();
  int wrong = 0;
  for (std::int64_t i = 0; i < wide.numel(); ++i) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, of + i, sizeof bits);
    // The lower half is rounded away.
    const std::uint32_t upper = bits & 0xFFFF0000U;
    const std::uint32_t lower = bits & 0xFFFFU;
    const bool up =
        lower > 0x8000U || (lower == 0x8000U && (upper & 0x10000U) != 0);
    const std::uint32_t expected = upper + (up ? 0x10000U : 0U);
    std::uint32_t got = 0;
    std::memcpy(&got, found + i, sizeof got);
    wrong += got == expected ? 0 : 1;
  }
  CHECK(wrong == 0);
}

TEST_CASE("a task's key says what is stored of it",
          "[jobs][string_activations]") {
  const tests::ToyModel toy(ComputeType::float32);
  StoreTask task;
  task.pairs = strings(toy, Answers::letters, 2);
  task.layers = {1};
  const auto key = [&] { return key_of(Task(task), {}, 1); };
  const storage::Key before = key();
  task.pairs[0].keep_from -= 1;
  const storage::Key more = key();
  CHECK(more != before);
  task.dtype = storage::DType::bf16;
  const storage::Key narrow = key();
  CHECK(narrow != more);
  task.pairs[1].other[1] += 1;
  CHECK(key() != narrow);
}
