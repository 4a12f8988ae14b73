#include <catch2/catch.hpp>
#include <map>

#include "jobs/model/chat_template.hpp"
#include "jobs/model/model_file.hpp"
#include "jobs/model/tokenizers/pre_tokenizer.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_gguf.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

std::vector<std::string> pieces(const PreTokenizer& steps,
                                const std::string& text) {
  std::vector<std::string> out;
  for (const AlignedText& piece : pre_tokenize(steps, AlignedText(text))) {
    out.push_back(piece.text());
  }
  return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("GPT-2's rule cuts words, contractions and spaces",
          "[jobs][tokenizer]") {
  CHECK(pieces({gpt2_split()}, "I'll go  now\n") ==
        Texts{"I", "'ll", " go", " ", " now", "\n"});
  CHECK(pieces({gpt2_split()}, "x=12 \u00e9t\u00e9") ==
        Texts{"x", "=", "12", " \u00e9t\u00e9"});
}

TEST_CASE("every behaviour of a split is what its name says",
          "[jobs][tokenizer]") {
  const auto split = [](SplitBehaviour behaviour) {
    return pieces(
        {SplitStep{std::make_shared<const Pattern>("-", ""), behaviour}},
        "-a--b");
  };
  CHECK(split(SplitBehaviour::isolated) == Texts{"-", "a", "-", "-", "b"});
  CHECK(split(SplitBehaviour::with_previous) == Texts{"-", "a-", "-", "b"});
  CHECK(split(SplitBehaviour::with_next) == Texts{"-a", "-", "-b"});
  CHECK(split(SplitBehaviour::removed) == Texts{"a", "b"});
}

TEST_CASE("an expression that can't be compiled is refused with its reason",
          "[jobs][tokenizer]") {
  CHECK_THROWS_WITH(
      Pattern("(a", "tokenizer.json"),
      Catch::Contains("tokenizer.json") && Catch::Contains("parenthes"));
  CHECK_THROWS_WITH(Pattern("[\\S]", ""), Catch::Contains("\\S"));
}

TEST_CASE("white space is Unicode's, without the Mongolian vowel separator",
          "[jobs][tokenizer]") {
  const Pattern space("\\s+", "");
  CHECK(space.find_all("a\u2003\u3000b").size() == 1);
  CHECK(space.find_all("a\u180eb").empty());
  CHECK(Pattern("[^\\s]+", "").find_all("a\u180eb c").size() == 2);
}

TEST_CASE("merges are applied in their order and offsets are bytes",
          "[jobs][tokenizer]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("m"), tests::toy_llama().bytes());
  const ModelHeader model = read_model_header(scratch.file("m"));
  const auto tokens = model.tokenizer->encode("is the th<|im_end|>\u00e9");
  Texts found;
  for (const Token& token : tokens) {
    found.push_back(model.tokenizer->piece(token.id));
  }
  CHECK(found == Texts{"is", " the", " ", "th", "<|im_end|>", "\xc3", "\xa9"});
  CHECK(tokens[1].begin == 2);
  CHECK(tokens[1].end == 6);
  CHECK(tokens[4].id == 1);
  CHECK(tokens[6].begin == 19);
}

TEST_CASE("a long run of one letter is no burden", "[jobs][tokenizer]") {
  tests::GgufMaker maker = tests::toy_llama();
  const tests::Scratch scratch;
  tests::write_file(scratch.file("m"), maker.bytes());
  const ModelHeader model = read_model_header(scratch.file("m"));
  std::string text;
  for (int i = 0; i < 100000; ++i) text += "th";
  CHECK(model.tokenizer->encode(text).size() == 100000);
}

TEST_CASE("merges that make no token are refused", "[jobs][tokenizer]") {
  tests::GgufMaker maker = tests::toy_llama();
  maker.texts("tokenizer.ggml.merges", {"q z"});
  const tests::Scratch scratch;
  tests::write_file(scratch.file("m"), maker.bytes());
  CHECK_THROWS_WITH(read_model_header(scratch.file("m")),
                    Catch::Contains("\"q z\""));
}

TEST_CASE("an empty token is refused", "[jobs][tokenizer]") {
  // It would be found everywhere and end nowhere.
  tests::GgufMaker maker = tests::toy_llama();
  maker.texts("tokenizer.ggml.tokens", {"a", ""});
  maker.texts("tokenizer.ggml.merges", {});
  maker.integers("tokenizer.ggml.token_type", {1, 3});
  maker.tensors["token_embd.weight"].shape = {2, 32};
  const tests::Scratch scratch;
  tests::write_file(scratch.file("m"), maker.bytes());
  CHECK_THROWS_WITH(read_model_header(scratch.file("m")),
                    Catch::Contains("token 1 is empty"));
}

TEST_CASE("sizes that make no model are refused", "[jobs][tokenizer]") {
  const tests::Scratch scratch;
  for (const auto& [key, value] :
       std::map<std::string, std::uint32_t>{{"llama.context_length", 0},
                                            {"llama.attention.key_length", 7},
                                            {"llama.attention.head_count", 3},
                                            {"llama.block_count", 0}}) {
    tests::GgufMaker maker = tests::toy_llama();
    maker.integer(key, value);
    tests::write_file(scratch.file("m"), maker.bytes());
    INFO(key);
    CHECK_THROWS(read_model_header(scratch.file("m")));
  }
}

TEST_CASE("templates are rendered as written down", "[jobs][tokenizer]") {
  const Prompt plain = render(*template_of("plain"), "", "How?", "");
  CHECK(plain.text == "How?");
  const Prompt chat = render(*template_of("chatml"), "Be brief.", "How?", "");
  CHECK(chat.text ==
        "<|im_start|>system\nBe brief.<|im_end|>\n"
        "<|im_start|>user\nHow?<|im_end|>\n<|im_start|>assistant\n");
  CHECK(chat.text.substr(0, chat.user_end).ends_with("How?"));
  CHECK_FALSE(template_of("alpaca"));
}

TEST_CASE("a model file that contradicts itself is refused by tensor",
          "[jobs][tokenizer]") {
  const tests::Scratch scratch;
  const auto message = [&](const tests::GgufMaker& maker) {
    tests::write_file(scratch.file("m"), maker.bytes());
    return tests::error_of([&] { read_model_header(scratch.file("m")); });
  };
  tests::GgufMaker maker = tests::toy_llama();
  maker.tensors.erase("blk.2.attn_v.weight");
  CHECK_THAT(message(maker), Catch::Contains("blk.2.attn_v.weight"));
  maker = tests::toy_llama();
  maker.tensors["blk.1.ffn_up.weight"].shape = {32, 48};
  CHECK_THAT(message(maker), Catch::Contains("blk.1.ffn_up.weight") &&
                                 Catch::Contains("[48, 32]"));
  maker = tests::toy_llama();
  maker.text("general.architecture", "mamba");
  CHECK_THAT(message(maker), Catch::Contains("mamba"));
  maker = tests::toy_llama();
  maker.text("llama.rope.scaling.type", "yarn");
  CHECK_THAT(message(maker),
             Catch::Contains("rope_scaling") && Catch::Contains("yarn"));
  maker = tests::toy_llama();
  maker.tensor("blk.2.attn_q.bias", {32}, std::vector<float>(32));
  CHECK_THAT(message(maker), Catch::Contains("blk.2.attn_q.bias"));
}
