#include "storage/results/activation_reader.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "storage/files/fault.hpp"
#include "tests/support/activation_run.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;
using tests::ActivationRun;
using tests::Kept;

TEST_CASE("every activation is found by behaviour, item, side, layer and token",
          "[storage][activation_reader]") {
  const tests::Scratch scratch;
  const auto [kept, dtype] =
      GENERATE(table<Kept, DType>({{Kept::within, DType::f32},
                                   {Kept::within, DType::bf16},
                                   {Kept::beside, DType::f32},
                                   {Kept::beside, DType::bf16}}));
  const ActivationRun run(scratch.file("run"), dtype, kept);
  const ActivationReader reader(run.path);
  CHECK(reader.model() == "m");
  CHECK(reader.behaviour("words").layers == std::vector<std::int32_t>{1, 5});
  for (const std::string name : {"letters", "words"}) {
    for (int i = 0; i < ActivationRun::kItems; ++i) {
      for (const Side side : {Side::matching, Side::other}) {
        for (const std::int32_t layer : {5, 1}) {
          for (std::int32_t at = 0; at < run.read_position(i) + 2; ++at) {
            const ActivationPoint point{name, run.item(name, i), side, layer,
                                        at};
            REQUIRE(reader.read(point) == run.value(point));
          }
        }
      }
    }
    // Rows of several files at once.
    const auto n = std::ssize(reader.behaviour(name).rows);
    const Array whole = reader.read_rows(name, 5, 0, n);
    CHECK(whole.dtype == dtype);
    CHECK(whole.shape == std::vector<std::int64_t>{n, 4});
    const std::vector<float> values = floats(whole);
    CHECK(
        std::vector<float>(values.end() - 4, values.end()) ==
        run.value({name, run.item(name, ActivationRun::kItems - 1), Side::other,
                   5, run.read_position(ActivationRun::kItems - 1) + 1}));
  }
}

TEST_CASE("what a run does not have is refused with its name",
          "[storage][activation_reader]") {
  const tests::Scratch scratch;
  const ActivationRun run(scratch.file("run"), DType::f32, Kept::beside);
  const ActivationReader reader(run.results());
  CHECK_THROWS_WITH(reader.read({"words", 0, Side::other, 5, 4}),
                    Catch::Contains("no token 4 of item 0"));
  CHECK_THROWS_WITH(reader.read({"words", 9, Side::other, 5, 0}),
                    Catch::Contains("item 9"));
  CHECK_THROWS_WITH(reader.read({"words", 0, Side::other, 2, 0}),
                    Catch::Contains("layer_2"));
  CHECK_THROWS_WITH(reader.read({"none", 0, Side::other, 5, 0}),
                    Catch::Contains("none: no such behaviour"));
  CHECK_THROWS_AS(reader.read_rows("words", 5, 0, 1000), StorageError);
}

TEST_CASE("activations of another seal are refused",
          "[storage][activation_reader]") {
  const tests::Scratch scratch;
  const ActivationRun run(scratch.file("run"), DType::f32, Kept::beside);
  ActivationFiles files(run.path, run.sets, 1U << 20, "those");
  files.write(0, 1, 0, std::string(16, '\0'));
  files.finish();
  files.publish();
  const ActivationReader reader(run.path);
  CHECK_THROWS_WITH(reader.read({"words", 0, Side::other, 5, 0}),
                    Catch::Contains("000.h5: contents: those, expected these"));
  std::filesystem::remove(run.path + "/activations/000.h5");
  CHECK_THROWS_WITH(reader.read({"words", 0, Side::other, 5, 0}),
                    Catch::Contains("000.h5"));
}
