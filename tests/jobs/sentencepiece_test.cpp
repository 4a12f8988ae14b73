#include "jobs/model/tokenizers/folder_tokenizer.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using nlohmann::json;

namespace {

const std::string kModels = COXSWAIN_SOURCE_DIR "/tests/data/sentencepiece/";

std::vector<int> ids_of(const std::vector<Token>& tokens) {
  std::vector<int> ids;
  for (const Token& token : tokens) ids.push_back(token.id);
  return ids;
}

}  // namespace

TEST_CASE("tokenizer.model gives the SentencePiece library's own tokens",
          "[jobs][sentencepiece]") {
  {
    const auto tokenizer = read_folder_tokenizer(kModels + "bpe").tokenizer;
    std::ifstream golden(kModels + "bpe/golden.jsonl");
    int rows = 0;
    for (std::string line; std::getline(golden, line); ++rows) {
      const json row = json::parse(line);
      const auto text = row.at("text").get<std::string>();
      INFO(text);
      const auto tokens = tokenizer->encode(text);
      CHECK(ids_of(tokens) == row.at("ids").get<std::vector<int>>());
      // Every character is some token's, in order.
      std::uint32_t covered = 0;
      for (const Token& token : tokens) {
        CHECK(token.begin <= covered);
        CHECK(token.end > token.begin);
        covered = std::max(covered, token.end);
      }
      CHECK(covered == text.size());
    }
    CHECK(rows > 30);
    CHECK(tokenizer->size() == 600);
    CHECK(tokenizer->beginning() == 1);
  }
}

TEST_CASE("bytes of one character share its place, control tokens are found",
          "[jobs][sentencepiece]") {
  const auto tokenizer = read_folder_tokenizer(kModels + "bpe").tokenizer;
  const auto face = tokenizer->encode("\U0001F600");
  REQUIRE(face.size() == 5);  // the space put first, four bytes
  for (const Token& token : face) {
    CHECK(token.begin == 0);
    CHECK(token.end == 4);
  }
  // "legacy" is false in this folder: no space is put behind a control token.
  const auto with_end = tokenizer->encode("a</s>b");
  const auto b = tokenizer->id_of("b");
  REQUIRE(b);
  REQUIRE(with_end.size() >= 3);
  CHECK(with_end[with_end.size() - 2].id == 2);
  CHECK(with_end.back().id == *b);
  CHECK(with_end.back().begin == 5);
  CHECK_FALSE(tokenizer->id_of("no such piece"));
}

TEST_CASE("a tokenizer.model that is none is refused by name",
          "[jobs][sentencepiece]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("tokenizer.model"), "hello");
  const auto folder =
      std::filesystem::path(scratch.file("tokenizer.model")).parent_path();
  CHECK_THROWS_WITH(read_folder_tokenizer(folder.string()),
                    Catch::Contains("tokenizer.model"));
  CHECK_THROWS_WITH(
      read_folder_tokenizer(kModels + "unigram"),
      Catch::Contains("unigram/tokenizer.model") && Catch::Contains("BPE"));
}
