#include "storage/results/h5.hpp"

#include <catch2/catch.hpp>

#include "storage/files/bytes.hpp"
#include "storage/files/fault.hpp"
#include "storage/results/rows/cell_row.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;
using Catch::Contains;

namespace {

std::string extent(std::uint64_t n) {
  ByteWriter out;
  out.number(n);
  return out.take();
}

// `bytes` of a file that claims `to` rows wherever they say `from`.
std::string claiming(std::string bytes, std::uint64_t from, std::uint64_t to) {
  const std::string old = extent(from);
  int n = 0;
  for (std::size_t at = bytes.find(old); at != std::string::npos;
       at = bytes.find(old, at + 1)) {
    bytes.replace(at, old.size(), extent(to));
    ++n;
  }
  REQUIRE(n > 0);
  return bytes;
}

}  // namespace

TEST_CASE("arrays larger than their file are refused, not made room for",
          "[storage][h5]") {
  constexpr std::uint64_t kRows = 7919;
  const tests::Scratch scratch;
  const std::string path = scratch.file("a.h5");
  {
    H5File file = H5File::create(path);
    file.create_array("a", DType::i64, {kRows, 3}, "", "", "");
  }
  CHECK(H5File::open(path).read_array("a").shape[0] == kRows);
  const std::string honest = tests::read_file(path);
  for (const std::uint64_t rows : {1ULL << 40, 1ULL << 58}) {
    tests::write_file(path, claiming(honest, kRows, rows));
    const H5File file = H5File::open(path);
    CHECK_THROWS_AS(file.read_array("a"), StorageError);
    CHECK_THROWS_WITH(file.read_rows("a", 0, 1LL << 40),
                      Contains("more numbers than the file can hold"));
  }
}

TEST_CASE("tables larger than their file are refused, not made room for",
          "[storage][h5]") {
  constexpr std::uint64_t kRows = 7919;
  const tests::Scratch scratch;
  const std::string path = scratch.file("a.h5");
  {
    H5File file = H5File::create(path);
    write_rows_of(file, std::vector<CellRow>(kRows));
  }
  CHECK(read_rows_of<CellRow>(H5File::open(path)).size() == kRows);
  const std::string honest = tests::read_file(path);
  for (const std::uint64_t rows : {1ULL << 40, 1ULL << 58}) {
    tests::write_file(path, claiming(honest, kRows, rows));
    CHECK_THROWS_WITH(read_rows_of<CellRow>(H5File::open(path)),
                      Contains("more numbers than the file can hold"));
  }
}
