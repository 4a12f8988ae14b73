#include "jobs/model/tokenizers/token_text.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "jobs/model/tokenizers/folder_tokenizer.hpp"
#include "storage/files/file_reader.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using nlohmann::json;

namespace {

const std::string kData = COXSWAIN_SOURCE_DIR "/tests/data/";

std::unique_ptr<Tokenizer> tokenizer_of(const std::string& base) {
  const std::string folder = base == "sentencepiece"
                                 ? "sentencepiece/bpe"
                                 : "reference/tokenizers/" + base;
  return read_folder_tokenizer(kData + folder).tokenizer;
}

std::vector<std::int32_t> ids_of(const Tokenizer& tokenizer,
                                 const std::string& text) {
  std::vector<std::int32_t> ids;
  for (const Token& token : tokenizer.encode(text)) ids.push_back(token.id);
  return ids;
}

}  // namespace

TEST_CASE("tokens become the text that their own library makes of them",
          "[jobs][token_text]") {
  const json golden =
      json::parse(storage::read_text(kData + "templates/golden.json"));
  std::map<std::string, std::unique_ptr<Tokenizer>> tokenizers;
  int rows = 0;
  for (const json& one : golden.at("texts")) {
    const auto base = one.at("base").get<std::string>();
    auto& tokenizer = tokenizers[base];
    if (tokenizer == nullptr) tokenizer = tokenizer_of(base);
    const auto ids = one.at("ids").get<std::vector<std::int32_t>>();
    INFO(one.dump());
    const auto text = one.at("text").get<std::string>();
    CHECK(decode(*tokenizer, ids) == text);
    ++rows;
    // Every place: what stands there and around it is the text.
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const TokenInText at = token_in_text(
          *tokenizer, ids, static_cast<std::int64_t>(i), {100, 100});
      CHECK(at.before + at.token + at.after == text);
    }
  }
  CHECK(rows > 250);
  CHECK(tokenizers.size() == 8);
}

TEST_CASE("a byte of its own is one byte", "[jobs][token_text]") {
  for (const char* base : {"sentencepiece", "llama2-prepend", "gemma-style"}) {
    INFO(base);
    const auto tokenizer = tokenizer_of(base);
    for (const auto& [spelled, byte] : std::map<std::string, std::string>{
             {"<0x0A>", "\n"}, {"<0x7C>", "|"}, {"<0xF0>", "\xf0"}}) {
      const auto id = tokenizer->id_of(spelled);
      REQUIRE(id);
      CHECK(tokenizer->piece(*id) == byte);
    }
    CHECK(tokenizer->piece(*tokenizer->id_of("<0x00>")) ==
          std::string(1, '\0'));
  }
}

TEST_CASE("a character of several tokens stands whole in each of them",
          "[jobs][token_text]") {
  for (const char* base : {"sentencepiece", "llama2-prepend", "llama3-style"}) {
    INFO(base);
    const auto tokenizer = tokenizer_of(base);
    const auto ids = ids_of(*tokenizer, "x \U0001F600 y");
    int parts = 0;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const TokenInText at =
          token_in_text(*tokenizer, ids, static_cast<std::int64_t>(i), {2, 2});
      if (tokenizer->piece(ids[i]).find('\xF0') == std::string::npos &&
          at.token.find("\U0001F600") == std::string::npos) {
        CHECK(at.token == tokenizer->piece(ids[i]).substr(
                              i == 0 && at.token[0] != ' ' &&
                                      tokenizer->piece(ids[i])[0] == ' '
                                  ? 1
                                  : 0));
        continue;
      }
      ++parts;
      CHECK_THAT(at.token, Catch::EndsWith("\U0001F600"));
      CHECK(at.before.find("\uFFFD") == std::string::npos);
      CHECK(at.after.find("\uFFFD") == std::string::npos);
    }
    CHECK(parts > 1);
  }
}

TEST_CASE("what a cut leaves of a character is no character",
          "[jobs][token_text]") {
  const auto bytes = tokenizer_of("llama2-prepend");
  const auto face = ids_of(*bytes, "\U0001F600");
  REQUIRE(face.size() == 5);  // the space put first, four bytes
  const std::vector<std::int32_t> cut(face.begin(), face.end() - 1);
  CHECK(decode(*bytes, cut) == "\uFFFD\uFFFD\uFFFD");
  const TokenInText last = token_in_text(*bytes, cut, 3, {1, 1});
  CHECK(last.token == "\uFFFD");
  CHECK(last.before == "\uFFFD");
  CHECK(last.after.empty());
}
