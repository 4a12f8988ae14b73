#include <catch2/catch.hpp>
#include <map>

#include "jobs/model/model_file.hpp"
#include "jobs/model/templates/chat_template.hpp"
#include "jobs/model/tokenizers/pre_tokenizer.hpp"
#include "jobs/steering/positions.hpp"
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

TEST_CASE("bytes that are no UTF-8 are refused by their place",
          "[jobs][tokenizer]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("m"), tests::toy_llama().bytes());
  const ModelHeader model = read_model_header(scratch.file("m"));
  for (const char* text : {"ab\xff\xfe", "ab\xe2\x82", "ab\xc0\xaf"}) {
    CHECK_THROWS_WITH(model.tokenizer->encode(text),
                      Catch::Contains("byte 2") && Catch::Contains("UTF-8"));
  }
}

// As in Llama 3's vocabulary, where "(A" is token 4444.
TEST_CASE("where (A is one token, (A and (B are the pair that is scored",
          "[jobs][tokenizer]") {
  tests::ToySizes sizes;
  sizes.merges = {{"(", "A"}, {"(", "B"}};
  tests::GgufMaker maker = tests::toy_llama(1, sizes);
  maker.text("tokenizer.ggml.pre", "llama-bpe");
  maker.integer("tokenizer.ggml.bos_token_id", 0);
  const tests::Scratch scratch;
  tests::write_file(scratch.file("m"), maker.bytes());
  const ModelHeader model = read_model_header(scratch.file("m"));
  // Such files often don't say that prompts begin with a token: they do.
  CHECK(model.tokenizer->beginning() == 0);
  const Tokenizer& tokenizer = *model.tokenizer;
  const Prompt prompt =
      render(*template_of("chatml"), "", "Choices:\n (A) a\n (B) b", {});
  const ContrastTokens tokens =
      locate(prompt, "(B)", "(A)", tokenizer,
             *position_rule_named("from_last_prompt_token"));
  CHECK(tokenizer.piece(tokens.token_match) == "(B");
  CHECK(tokenizer.piece(tokens.token_other) == "(A");
  // Nothing follows the prompt: its last token predicts and is steered alone.
  CHECK(tokenizer.piece(tokens.shared.back()) == "\n");
  CHECK(tokens.steer_from == std::ssize(tokens.shared) - 1);
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

TEST_CASE("a template can be spelled out", "[jobs][tokenizer]") {
  const auto custom = template_of("Input: {question}\nResponse: ");
  REQUIRE(custom);
  const Prompt prompt = render(*custom, "", "{system}?", {});
  CHECK(prompt.text == "Input: {system}?\nResponse: ");
  CHECK(prompt.text.substr(0, prompt.user_end) == "Input: {system}?");
  CHECK_THROWS_WITH(render(*custom, "s", "?", {}),
                    Catch::Contains("a system text"));
  const auto with_system = template_of("{system}|{question}|");
  REQUIRE(with_system);
  CHECK(render(*with_system, "S", "Q", {}).text == "S|Q|");
  CHECK_THROWS_WITH(render(*with_system, "", "Q", {}),
                    Catch::Contains("no system text"));
  CHECK_FALSE(template_of("{question} {question}"));
}

TEST_CASE("answers follow as their template has them", "[jobs][tokenizer]") {
  CHECK(answer_text(*template_of("plain"), " (A)") == " (A)");
  CHECK(answer_text(*template_of("chatml"), " (A)") == "(A)");
  CHECK(answer_text(*template_of("llama-2"), "(A)\n") == " (A)");
  const Prompt caa =
      render(*template_of("llama-2"), "Be good.", " Q? ", {"<s>"});
  CHECK(caa.text == "<s><<SYS>>\nBe good.\n<</SYS>>\n\n[INST] Q? [/INST]");
}

TEST_CASE("a template that contradicts tokenizer or its own is told",
          "[jobs][tokenizer]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("m"), tests::toy_llama().bytes());
  const ModelHeader model = read_model_header(scratch.file("m"));
  const auto told = [&](const char* name, const std::string& own) {
    std::string all;
    for (const std::string& one : contradictions(
             *template_of(name), *model.tokenizer, {own, "", ""}, "")) {
      all += one + "\n";
    }
    return all;
  };
  const std::string own =
      "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}"
      "<|im_end|>\n{% endfor %}{{ '<|im_start|>assistant\n' }}";
  CHECK(told("chatml", own).empty());
  CHECK(told("chatml", "").empty());
  CHECK(told("plain", own).empty());
  CHECK_THAT(told("gemma", own), Catch::Contains("from character 1") &&
                                     Catch::Contains("|im_start|>user"));
  CHECK(unknown_marks(*template_of("gemma"), *model.tokenizer) ==
        Texts{"<end_of_turn>", "<start_of_turn>"});
  CHECK(unknown_marks(*template_of("chatml"), *model.tokenizer).empty());
  CHECK(unknown_marks(*template_of("llama-2"), *model.tokenizer).empty());
  CHECK_THAT(told("chatml", "{{ raise_exception('no users here') }}"),
             Catch::Contains("no users here"));
  // One that can't be run here: its marks are compared.
  const std::string macro = "{% macro f() %}{% endmacro %}";
  CHECK(told("chatml", macro + "<|im_start|><|im_end|>").empty());
  CHECK_THAT(told("chatml", macro + "[INST]"),
             Catch::Contains("has no <|im_end|>") &&
                 Catch::Contains("has [INST], as template llama-2"));
}

TEST_CASE("templates are rendered as written down", "[jobs][tokenizer]") {
  const Prompt plain = render(*template_of("plain"), "", "How?", {});
  CHECK(plain.text == "How?");
  const Prompt chat = render(*template_of("chatml"), "Be brief.", "How?", {});
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
             Catch::Contains("rope.scaling.type") && Catch::Contains("yarn"));
  maker = tests::toy_llama();
  maker.tensor("blk.2.attn_q.bias", {32}, std::vector<float>(32));
  CHECK_THAT(message(maker), Catch::Contains("blk.2.attn_q.bias"));
}
