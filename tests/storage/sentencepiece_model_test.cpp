#include "storage/models/sentencepiece_model.hpp"

#include <catch2/catch.hpp>

#include "storage/files/file_reader.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace {

const std::string kModels = COXSWAIN_SOURCE_DIR "/tests/data/sentencepiece/";

}  // namespace

TEST_CASE("a SentencePiece file's fields come back",
          "[storage][sentencepiece_model]") {
  const auto model = read_sentencepiece_model(kModels + "bpe/tokenizer.model");
  CHECK(model.kind == SentencePieceModel::Kind::bpe);
  CHECK(model.pieces.size() == 600);
  CHECK(model.pieces[0] == "<unk>");
  CHECK(model.types[0] == SentencePieceModel::Type::unknown);
  CHECK(model.types[1] == SentencePieceModel::Type::control);
  CHECK(model.pieces[3] == "<start_of_turn>");
  CHECK(model.types[3] == SentencePieceModel::Type::user_defined);
  CHECK(model.pieces[4] == "<0x00>");
  CHECK(model.types[4] == SentencePieceModel::Type::byte);
  CHECK(model.byte_fallback);
  CHECK_FALSE(model.remove_extra_whitespaces);
  CHECK(model.add_dummy_prefix);
  CHECK_FALSE(model.normalises);
  const auto other =
      read_sentencepiece_model(kModels + "unigram/tokenizer.model");
  CHECK(other.kind == SentencePieceModel::Kind::unigram);
}

TEST_CASE("a cut or damaged SentencePiece file never reads past its end",
          "[storage][sentencepiece_model]") {
  const std::string good = read_text(kModels + "bpe/tokenizer.model");
  int refused = 0;
  for (std::size_t cut = 0; cut < good.size(); cut += 7) {
    const std::string error = tests::error_of(
        [&] { parse_sentencepiece_model(good.substr(0, cut), "here"); });
    refused += error.empty() ? 0 : 1;
  }
  CHECK(refused > 500);
  for (std::size_t at = 0; at < good.size(); at += 11) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x80);
    tests::error_of([&] { parse_sentencepiece_model(bad, "here"); });
  }
}
