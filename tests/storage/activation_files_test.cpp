#include "storage/results/activation_files.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "storage/files/digest.hpp"
#include "storage/run/run_directory.hpp"
#include "tests/support/activation_run.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

TEST_CASE("parts cover every row once, in order, and no file is too large",
          "[storage][activation_files]") {
  const auto set = [](std::size_t rows, std::int64_t width) {
    ActivationSet one;
    one.rows.resize(rows);
    one.layers = {0, 1};
    one.d_model = width;
    return one;
  };
  const std::vector<ActivationSet> sets{set(7, 3), set(1, 5), set(9, 1)};
  std::uint64_t total = 0;
  for (const ActivationSet& one : sets) total += bytes_of(one);
  CHECK(total == 2 * 4 * (7 * 3 + 5 + 9));
  for (std::uint64_t limit = 40; limit <= total + 8; ++limit) {
    std::vector<std::int64_t> next(sets.size(), 0);
    std::map<std::int32_t, std::uint64_t> used;
    std::int32_t file = 0;
    for (const ActivationPart& part : activation_parts(sets, limit)) {
      REQUIRE(part.n > 0);
      REQUIRE(part.first == next[part.set]);
      REQUIRE((part.file == file || part.file == file + 1));
      file = part.file;
      next[part.set] += part.n;
      used[part.file] += static_cast<std::uint64_t>(part.n) * 2 * 4 *
                         static_cast<std::uint64_t>(sets[part.set].d_model);
    }
    for (std::size_t i = 0; i < sets.size(); ++i) {
      REQUIRE(next[i] == std::ssize(sets[i].rows));
    }
    for (const auto& [number, bytes] : used) REQUIRE(bytes <= limit);
    REQUIRE((file > 0) == (limit < total));
  }
  // A row larger than a file has one to itself.
  CHECK(activation_parts({set(3, 3)}, 10).size() == 3);
}

TEST_CASE("files are listed with their digests, equal runs have equal ones",
          "[storage][activation_files]") {
  const tests::Scratch scratch;
  const tests::ActivationRun run(scratch.file("a"), DType::bf16,
                                 tests::Kept::beside);
  const tests::ActivationRun again(scratch.file("b"), DType::bf16,
                                   tests::Kept::beside);
  const Results results = read_results(run.results());
  REQUIRE(results.activation_files.size() > 2);
  for (const ActivationFileRow& row : results.activation_files) {
    const std::string bytes = tests::read_file(run.path + "/" + row.file.str());
    CHECK(sha256(bytes) == row.digest.str());
    CHECK(std::ssize(bytes) == row.bytes);
    CHECK(bytes == tests::read_file(again.path + "/" + row.file.str()));
  }
  CHECK(tests::read_file(run.results()) == tests::read_file(again.results()));
}

TEST_CASE("files of an older seal and half-written ones are removed",
          "[storage][activation_files]") {
  const tests::Scratch scratch;
  const tests::ActivationRun run(scratch.file("a"), DType::f32,
                                 tests::Kept::beside);
  const std::string folder = RunDirectory(run.path).activations_folder();
  const auto count = [&folder] {
    return std::distance(std::filesystem::directory_iterator(folder), {});
  };
  const auto before = count();
  tests::write_file(folder + "/000.h5.partial.1", "half");
  RunDirectory(run.path).remove_leftovers();
  CHECK(count() == before);
  // All of it fits into one file now.
  ActivationFiles files(run.path, run.sets, 1U << 20, "those");
  files.write(0, 1, 0, std::string(16, '\0'));
  files.write(1, 5, 2, std::string(16, '\0'));
  CHECK(files.finish().size() == 1);
  files.publish();
  CHECK(count() == 1);
}

TEST_CASE("a sealed run's files are there, as long as they were",
          "[storage][activation_files]") {
  const tests::Scratch scratch;
  const tests::ActivationRun within(scratch.file("a"), DType::f32,
                                    tests::Kept::within);
  CHECK(
      activation_files_are_there(within.path, H5File::open(within.results())));
  const tests::ActivationRun run(scratch.file("b"), DType::f32,
                                 tests::Kept::beside);
  const H5File results = H5File::open(run.results());
  CHECK(activation_files_are_there(run.path, results));
  const std::string last = run.path + "/activations/001.h5";
  const std::string bytes = tests::read_file(last);
  tests::write_file(last, bytes.substr(1));
  CHECK_FALSE(activation_files_are_there(run.path, results));
  tests::write_file(last, bytes);
  CHECK(activation_files_are_there(run.path, results));
  std::filesystem::remove(last);
  CHECK_FALSE(activation_files_are_there(run.path, results));
}
