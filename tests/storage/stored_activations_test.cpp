#include "storage/results/stored_activations.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "storage/results/activation_reader.hpp"
#include "storage/results/results_file.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/support/activation_run.hpp"
#include "tests/support/empty_arrays.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace {

// A run of two behaviours, not in the order of their names, with three pairs of
// d_model 2 at layers 4 and 9; `state` is that of the second one's cell.
void write_run(const std::string& folder, std::uint8_t state) {
  std::filesystem::create_directories(folder);
  Results results;
  results.models.resize(1);
  results.models[0].name = {"m"};
  results.models[0].d_model = 2;
  results.behaviours.resize(2);
  results.behaviours[0].name = {"words"};
  results.behaviours[1].name = {"letters"};
  results.items.resize(3);
  results.cells.resize(2);
  results.cells[1].state = state;
  tests::add_empty_arrays(results);
  ResultsWriter writer(folder + "/results.h5");
  writer.write(results);
  for (std::int64_t b = 0; b < 2; ++b) {
    ActivationSet set;
    set.path = b == 0 ? "activations/m/words" : "activations/m/letters";
    set.layers = {4, 9};
    set.d_model = 2;
    for (std::int32_t i = 0; i < 6; ++i) {
      set.rows.push_back({b, i / 2, static_cast<std::uint8_t>(i % 2), 0});
    }
    writer.begin(set);
    for (const std::int32_t layer : set.layers) {
      std::vector<float> values;
      for (int i = 0; i < 12; ++i) {
        values.push_back(static_cast<float>(100 * layer + 10 * b + i));
      }
      writer.activations(set, layer, 0,
                         {reinterpret_cast<const char*>(values.data()),
                          values.size() * sizeof(float)});
    }
  }
  writer.finish();
}

}  // namespace

TEST_CASE("a sealed run gives back the activations it kept",
          "[storage][stored_activations]") {
  const tests::Scratch scratch;
  write_run(scratch.file("run"), 0);
  const auto stored = open_stored_activations(scratch.file("run"));
  CHECK(stored.model == "m");
  CHECK(stored.d_in == 2);
  CHECK(stored.layers == std::vector<int>{4, 9});
  REQUIRE(stored.behaviours.size() == 2);
  CHECK(stored.behaviours[0].name == "words");  // the run's order
  CHECK(stored.behaviours[1].n_pairs == 3);
  const Array pairs = read_stored_activations(stored, "letters", 9);
  CHECK(pairs.shape == std::vector<std::int64_t>{3, 2, 2});
  CHECK(floats(pairs)[5] == 900 + 10 + 5);
}

TEST_CASE("activations that were not all computed are refused",
          "[storage][stored_activations]") {
  const tests::Scratch scratch;
  write_run(scratch.file("run"), 2);
  CHECK_THAT(
      tests::error_of([&] { open_stored_activations(scratch.file("run")); }),
      Catch::Contains("letters: activations that were not all computed"));
}

TEST_CASE("a safetensors file is one behaviour, x+ and x- side by side",
          "[storage][stored_activations]") {
  const tests::Scratch scratch;
  const std::vector<float> positive{1, 2, 3, 4, 5, 6};
  const std::vector<float> negative{7, 8, 9, 10, 11, 12};
  const auto write = [&](std::vector<std::int64_t> shape) {
    tests::write_file(
        scratch.file("mine.safetensors"),
        to_safetensors(
            {{"positive", make_array(std::span<const float>(positive), {3, 2})},
             {"negative",
              make_array(std::span<const float>(negative), shape)}}));
  };
  write({3, 2});
  const auto stored = open_stored_activations(scratch.file("mine.safetensors"));
  REQUIRE(stored.behaviours.size() == 1);
  CHECK(stored.behaviours[0].name == "mine");
  CHECK(stored.behaviours[0].n_pairs == 3);
  CHECK(stored.d_in == 2);
  CHECK(stored.layers.empty());
  CHECK(floats(read_stored_activations(stored, "mine", 0)) ==
        std::vector<float>{1, 2, 7, 8, 3, 4, 9, 10, 5, 6, 11, 12});
  write({2, 3});
  CHECK_THAT(tests::error_of([&] {
               open_stored_activations(scratch.file("mine.safetensors"));
             }),
             Catch::Contains("another shape"));
}

TEST_CASE(
    "of runs that kept more tokens, those that vectors are read from count",
    "[storage][stored_activations]") {
  const tests::Scratch scratch;
  const tests::ActivationRun run(scratch.file("run"), DType::bf16,
                                 tests::Kept::within);
  const auto stored = open_stored_activations(run.path);
  REQUIRE(stored.behaviours.size() == 2);
  CHECK(stored.behaviours[0].n_pairs == tests::ActivationRun::kItems);
  const Array pairs = read_stored_activations(stored, "words", 5);
  REQUIRE(pairs.shape == std::vector<std::int64_t>{tests::ActivationRun::kItems,
                                                   2, run.kWidth});
  const std::vector<float> values = floats(pairs);
  for (int i = 0; i < tests::ActivationRun::kItems; ++i) {
    for (const Side side : {Side::matching, Side::other}) {
      const std::size_t at =
          static_cast<std::size_t>(2 * i + static_cast<int>(side)) *
          static_cast<std::size_t>(run.kWidth);
      const auto first = values.begin() + static_cast<std::ptrdiff_t>(at);
      CHECK(std::vector<float>(first, first + run.kWidth) ==
            run.value({"words", run.item("words", i), side, 5,
                       run.read_position(i)}));
    }
  }
}

TEST_CASE("a file of another kind is called what it is, not a broken HDF5",
          "[storage][stored_activations]") {
  const auto error = [](const std::string& name) {
    return tests::error_of([&] {
      open_stored_activations(COXSWAIN_SOURCE_DIR "/tests/data/own_vectors/" +
                              name);
    });
  };
  using Catch::Contains;
  CHECK_THAT(error("repeng.gguf"), Contains("repeng.gguf: a GGUF file"));
  CHECK_THAT(error("alone.pt"), Contains("a zip file, as torch.save"));
  CHECK_THAT(error("repeng.gguf"), !Contains("HDF5"));
}
