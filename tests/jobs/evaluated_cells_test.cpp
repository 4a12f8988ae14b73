#include "jobs/task/evaluated_cells.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <span>
#include <string>

#include "jobs/task/decompose_result.hpp"
#include "jobs/task/result_writer.hpp"
#include "storage/files/fault.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

constexpr float kInfinite = std::numeric_limits<float>::infinity();

EvaluateTask two_by_two(bool letter_mass = true) {
  EvaluateTask task;
  task.items.resize(2);
  task.variants.resize(2);
  task.multipliers = {1};
  task.letter_mass = letter_mass;
  return task;
}

std::vector<float> get(const storage::ArrayMap& result,
                       NumbersOf<float> which) {
  return storage::floats(result.at(which.name));
}

}  // namespace

TEST_CASE("cells without numbers are NaN and say why",
          "[jobs][evaluated_cells]") {
  EvaluatedCells cells(two_by_two());
  CHECK(cells.failed() == 4);
  cells.put(0, {1, 2, 3});
  cells.put(1, {1, 2, kInfinite});
  cells.put_variant(1, NoCell::no_vector);
  CHECK(cells.why_not(0) == NoCell::computed);
  CHECK(cells.why_not(2) == NoCell::not_there);
  const storage::ArrayMap result = cells.result();
  CHECK(get(result, evaluate_result::kLogitMatch)[0] == 1);
  for (const std::size_t cell : {1U, 2U, 3U}) {
    CHECK(std::isnan(get(result, evaluate_result::kLogitMatch)[cell]));
    CHECK(std::isnan(get(result, evaluate_result::kLogitOther)[cell]));
    CHECK(std::isnan(get(result, evaluate_result::kLogSumExp)[cell]));
  }
  CHECK(storage::integers(result.at(evaluate_result::kNoCell.name)) ==
        std::vector<std::int64_t>{0, 2, 3, 2});
  // What waits for a vector has not failed.
  CHECK(failed_cells_of(result) == 2);
}

TEST_CASE("a result in which nothing failed says nothing of it",
          "[jobs][evaluated_cells]") {
  EvaluatedCells cells(two_by_two(false));
  // Sums over the vocabulary that nobody asked for can't fail.
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells.put(i, {1, 2, kInfinite});
  }
  const storage::ArrayMap result = cells.result();
  CHECK(result.size() == 2);
  CHECK(failed_cells_of(result) == 0);
}

TEST_CASE("methods that failed are counted, lacking vectors are not",
          "[jobs][evaluated_cells]") {
  storage::ArrayMap result;
  put(result, decompose_result::kAvailable, std::vector<std::int64_t>{1, 0, 0},
      {3});
  // A variants task says so under the same name.
  CHECK(failed_cells_of(result) == 0);
  const std::string reasons = "no numbers\nno numbers\n";
  put_bytes(result, decompose_result::kFailures.name, storage::DType::u8,
            {std::ssize(reasons)}, std::as_bytes(std::span(reasons)));
  CHECK(failed_cells_of(result) == 2);
}

TEST_CASE("cells that are copied give the bytes of those that were computed",
          "[jobs][evaluated_cells]") {
  EvaluatedCells cells(two_by_two());
  cells.put(0, {1, 2, 3});
  cells.put(1, {4, kInfinite, 6});
  cells.put(3, {7, 8, 9});
  const storage::ArrayMap result = cells.result();
  const CellReader read(result, 4, true, "a result");
  EvaluatedCells copies(two_by_two());
  for (std::size_t i = 0; i < 4; ++i) read.copy(i, copies, i);
  for (const auto& [name, array] : copies.result()) {
    CHECK(array.bytes == result.at(name).bytes);
  }
  CHECK_THROWS_AS(CellReader(result, 5, true, "a result"),
                  storage::StorageError);
  const EvaluatedCells without(two_by_two(false));
  CHECK_THROWS_AS(CellReader(without.result(), 4, true, "a result"),
                  storage::StorageError);
}
