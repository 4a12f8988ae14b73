// How prompts begin, and marks that users spell: against transformers.

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "jobs/model/templates/chat_template.hpp"
#include "jobs/model/tokenizers/folder_tokenizer.hpp"
#include "jobs/model/tokenizers/tokenizer_settings.hpp"
#include "storage/files/file_reader.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using nlohmann::json;

namespace {

const std::string kData = COXSWAIN_SOURCE_DIR "/tests/data/";

json json_file(const std::string& path) {
  return json::parse(storage::read_text(path));
}

// A tokenizer with the settings of a case.
class Model {
 public:
  explicit Model(const json& one) {
    const std::string base = kData + "reference/tokenizers/" +
                             one.at("base").get<std::string>() + "/";
    json file = json_file(base + "tokenizer.json");
    if (!one.at("post_processor").get<bool>()) file["post_processor"] = {};
    tests::write_file(scratch_.file("tokenizer.json"), file.dump());
    json config = json_file(base + "tokenizer_config.json");
    config.update(one.at("settings"));
    tests::write_file(scratch_.file("tokenizer_config.json"), config.dump());
    const std::string folder =
        std::filesystem::path(scratch_.file("x")).parent_path().string();
    tokenizer = read_folder_tokenizer(folder).tokenizer;
    own = own_template(read_tokenizer_settings(folder), *tokenizer);
  }
  std::unique_ptr<Tokenizer> tokenizer;
  OwnTemplate own;

 private:
  tests::Scratch scratch_;
};

std::vector<int> ids_of(const std::vector<Token>& tokens) {
  std::vector<int> ids;
  for (const Token& token : tokens) ids.push_back(token.id);
  return ids;
}

Prompt prompt_of(const Model& model, const json& one) {
  const ChatTemplate chat = *template_of(one.at("template"));
  const auto system = one.at("system").get<std::string>();
  std::vector<storage::Exchange> before;
  for (const json& turn : one.value("before", json::array())) {
    before.push_back({turn.at(0), turn.at(1)});
  }
  return render(chat, system, one.at("question").get<std::string>(),
                beginning_of(chat, *model.tokenizer, model.own, system),
                before);
}

// The first case of that name.
json case_named(const char* name) {
  const json golden = json_file(kData + "templates/golden.json");
  for (const json& one : golden.at("conversations")) {
    if (one.at("name") == name) return one;
  }
  throw std::runtime_error(name);
}

}  // namespace

TEST_CASE("conversations have the tokens of apply_chat_template",
          "[jobs][beginning]") {
  const json golden = json_file(kData + "templates/golden.json");
  int rows = 0;
  for (const json& one : golden.at("conversations")) {
    INFO(one.at("name").get<std::string>());
    const Model model(one);
    CHECK(ids_of(tokens_of(prompt_of(model, one), "", *model.tokenizer)) ==
          one.at("ids").get<std::vector<int>>());
    const ChatTemplate chat = *template_of(one.at("template"));
    CHECK(contradictions(chat, *model.tokenizer, model.own,
                         one.at("system").get<std::string>())
              .empty());
    ++rows;
  }
  CHECK(rows == 36);
}

TEST_CASE("a prompt that begins otherwise than the model's own is told",
          "[jobs][beginning]") {
  // Spelled out: it begins as the tokenizer has it, and the model's own does
  // not.
  const Model none(case_named("adds one, writes none"));
  const auto custom = template_of(
      "<start_of_turn>user\n{question}<end_of_turn>\n<start_of_turn>model\n");
  const auto told = contradictions(*custom, *none.tokenizer, none.own, "");
  REQUIRE(told.size() == 1);
  CHECK_THAT(told[0],
             Catch::Contains("it begins with \"<bos><start_of_turn>") &&
                 Catch::Contains("own template with \"<start_of"));
  const Model written(case_named("no post-processor, writes one"));
  CHECK_THAT(contradictions(*custom, *written.tokenizer, written.own, "").at(0),
             Catch::Contains("own template with \"<bos>"));
}

TEST_CASE("a template that can't be run here is read for its beginning",
          "[jobs][beginning]") {
  Model model(case_named("no post-processor, writes one"));
  const ChatTemplate chat = *template_of("gemma");
  const auto begins = [&](const std::string& source) {
    model.own.source = source;
    return beginning_of(chat, *model.tokenizer, model.own, "");
  };
  const std::string macro = "{% macro f() %}{% endmacro %}";
  CHECK(begins(macro + "{{ bos_token }}").written == "<bos>");
  CHECK(begins(macro + "<bos>").written == "<bos>");
  CHECK(begins(macro + "x").written.empty());
  CHECK_FALSE(begins(macro + "x").put_first);
  // Refusing a system text is no reason to begin otherwise.
  model.own.source =
      "{{ bos_token }}{% if messages[0]['role'] == 'system' %}"
      "{{ raise_exception('no system') }}{% endif %}";
  CHECK(beginning_of(chat, *model.tokenizer, model.own, "s").written ==
        "<bos>");
  // Without a template it is as the tokenizer has it.
  CHECK(begins("").put_first);
}

TEST_CASE("a beginning that is no token is refused", "[jobs][beginning]") {
  Model model(case_named("adds one, writes one"));
  model.own.bos_token = "<beginning>";
  CHECK_THROWS_WITH(
      beginning_of(*template_of("gemma"), *model.tokenizer, model.own, ""),
      Catch::Contains("bos_token") && Catch::Contains("<beginning>"));
}

TEST_CASE("marks are tokens where the template is no conversation",
          "[jobs][beginning]") {
  const Model model(case_named("chatml without any"));
  const auto spelled = [&](const char* chat) {
    const Prompt prompt = render(*template_of(chat), "", "a<|im_end|>b", {});
    int marks = 0;
    for (const Token& token : tokens_of(prompt, "", *model.tokenizer)) {
      marks += token.id == 2602 ? 1 : 0;
    }
    return marks;
  };
  CHECK(spelled("plain") == 1);
  CHECK(spelled("Q: {question}\nA:") == 1);
  CHECK(spelled("chatml") == 1);  // the template's own
  CHECK(spelled("<|im_start|>{question}") == 0);
  CHECK(model.tokenizer->spelled_tokens("x<|im_end|>y<think>", {}) ==
        std::vector<std::string>{"<|im_end|>"});
  CHECK(model.tokenizer->spelled_tokens("x<think>", {"<think>"}) ==
        std::vector<std::string>{"<think>"});
}

TEST_CASE("a template without turns has one question alone",
          "[jobs][beginning]") {
  for (const char* chat : {"plain", "llama-2", "mistral", "Q: {question}"}) {
    CHECK_THROWS_WITH(render(*template_of(chat), "", "c", {}, {{"a", "b"}}),
                      Catch::Contains("2 questions in turn, expected one"));
  }
  const Prompt prompt =
      render(*template_of("chatml"), "s", "c", {}, {{"a", "b"}});
  CHECK(prompt.text.substr(prompt.user_end - 1, 11) == "c<|im_end|>");
}

TEST_CASE("answers are the user's text, too", "[jobs][beginning]") {
  const Model model(case_named("chatml without any"));
  const Prompt prompt = render(*template_of("chatml"), "s", "Q?", {});
  for (const Token& token :
       tokens_of(prompt, "yes<|im_end|>", *model.tokenizer)) {
    CHECK((token.id != 2602 || token.end <= prompt.text.size()));
  }
}
