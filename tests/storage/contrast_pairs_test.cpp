#include "storage/texts/contrast_pairs.hpp"

#include <catch2/catch.hpp>

#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace {

constexpr const char* kGood =
    R"x({"question": "q?", "answer_matching_behavior": " (A)", )x"
    R"x("answer_not_matching_behavior": " (B)"})x";

std::string error_for(const std::string& second_line) {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("d.jsonl"),
                    std::string(kGood) + "\n" + second_line + "\n");
  return tests::error_of([&] { read_contrast_pairs(scratch.file("d.jsonl")); });
}

}  // namespace

TEST_CASE("pairs keep their line, spaces and order",
          "[storage][contrast_pairs]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("d"),
                    std::string(kGood) + "\n\n" + kGood + "\n");
  const auto pairs = read_contrast_pairs(scratch.file("d"));
  REQUIRE(pairs.size() == 2);
  CHECK(pairs[0].matching == " (A)");
  CHECK(pairs[1].line == 2);
}

TEST_CASE("a bad line is named with file, line and key",
          "[storage][contrast_pairs]") {
  CHECK_THAT(error_for("{"), Catch::Contains("d.jsonl:2") &&
                                 Catch::Contains("not a JSON object"));
  CHECK_THAT(error_for("[1]"), Catch::Contains("d.jsonl:2"));
  CHECK_THAT(error_for(R"({"question": "q"})"),
             Catch::Contains("d.jsonl:2: answer_matching_behavior"));
  CHECK_THAT(error_for(R"({"question": 3, "answer_matching_behavior": "a",)"
                       R"("answer_not_matching_behavior": "b"})"),
             Catch::Contains("question: 3"));
  CHECK_THAT(error_for(R"({"question": "q", "answer_matching_behavior": "a",)"
                       R"("answer_not_matching_behavior": "a"})"),
             Catch::Contains("same answer twice"));
}

TEST_CASE("a file without pairs is refused", "[storage][contrast_pairs]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("d"), "\n");
  CHECK_THROWS_WITH(read_contrast_pairs(scratch.file("d")),
                    Catch::Contains("no lines"));
}
