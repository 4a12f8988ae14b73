#include "storage/texts/feature_list.hpp"

#include <catch2/catch.hpp>

#include "storage/files/fault.hpp"
#include "tests/support/pages.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using storage::feature_list;

TEST_CASE("lists of features are numbers apart by commas, spaces or lines",
          "[storage][feature_list]") {
  const auto read = [](const char* text) { return feature_list(text, "f"); };
  CHECK(read("3, 1\n2 # the third\n#4") == std::vector<std::int64_t>{1, 2, 3});
  CHECK(read("7") == std::vector<std::int64_t>{7});
  CHECK(read("0#1") == std::vector<std::int64_t>{0});
  for (const char* text : {"", "# none", "-1", "1.5", "one", "1 1", "1;2",
                           "99999999999999999999", "0x10", "2147483648"}) {
    INFO(text);
    CHECK_THROWS_AS(read(text), storage::StorageError);
  }
  std::string many;
  for (std::size_t i = 0; i < storage::kMostListed; ++i) {
    many += std::to_string(i) + "\n";
  }
  CHECK(feature_list(many, "f").size() == storage::kMostListed);
  CHECK_THROWS_WITH(feature_list(many + "5000", "f"),
                    Catch::Contains("more of them"));
}

TEST_CASE("files of features are text of a mebibyte at most",
          "[storage][feature_list]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("features.txt");
  tests::write_file(path, "5\n6\n");
  CHECK(storage::read_feature_list(path) == std::vector<std::int64_t>{5, 6});
  tests::write_file(path, std::string(2 << 20, '#'));
  CHECK_THROWS_AS(storage::read_feature_list(path), storage::StorageError);
  CHECK_THROWS_WITH(storage::read_feature_list(scratch.file("none")),
                    Catch::Contains("none"));
}
