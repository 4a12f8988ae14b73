// Folders whose tokens are not tokenizer.json's alone, against transformers'
// AutoTokenizer (tests/data/make/tokenizer_folders.py).

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "jobs/model/tokenizers/added_vocabulary.hpp"
#include "jobs/model/tokenizers/folder_tokenizer.hpp"
#include "jobs/model/tokenizers/tokenizer_settings.hpp"
#include "jobs/task/job_error.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using nlohmann::json;

namespace {

const std::string kData = COXSWAIN_SOURCE_DIR "/tests/data/";

// In the order of the file: new tokens are numbered by it.
using Case = nlohmann::ordered_json;

template <class Json = json>
Json golden(const char* name) {
  std::ifstream file(kData + "tokenizer_folders/" + name);
  return Json::parse(file);
}

// The files of a case, in a folder of their own.
class CaseFolder {
 public:
  CaseFolder(const Case& one, const json& bases) {
    if (one.at("base") == "spm") {
      std::filesystem::copy_file(kData + "sentencepiece/bpe/tokenizer.model",
                                 scratch_.file("tokenizer.model"));
    } else {
      json tokenizer = bases.at(one.at("base").get<std::string>());
      if (one.contains("edit")) tokenizer.update(json(one.at("edit")));
      write("tokenizer.json", tokenizer.dump());
    }
    for (const auto& [name, value] : one.at("files").items()) {
      write(name, value.dump());
    }
  }
  std::string path() const {
    return std::filesystem::path(scratch_.file("x")).parent_path().string();
  }

 private:
  void write(const std::string& name, const std::string& text) {
    tests::write_file(scratch_.file(name), text);
  }
  tests::Scratch scratch_;
};

json ids_of(const std::vector<Token>& tokens) {
  json ids = json::array();
  for (const Token& token : tokens) ids.push_back(token.id);
  return ids;
}

template <class Work>
std::string refusal_of(Work&& work) {
  try {
    work();
  } catch (const JobError& error) {
    return error.what();
  }
  return {};
}

// Ours beside both versions' tokens: the same where they agree, and refused
// where they don't; of kinds that are told about, version 4's.
void check_text(const json& four, const json& five, bool told,
                const std::function<json()>& ours) {
  json ids;
  const std::string refusal = refusal_of([&] { ids = ours(); });
  if (four == five || told) {
    CHECK(refusal.empty());
    CHECK(ids == four);
  } else {
    CHECK_THAT(refusal, Catch::Contains("transformers 5"));
    CHECK_THAT(refusal, Catch::Contains("tokenizer_config.json"));
  }
}

// How many folders were read, told of and refused whole.
struct Count {
  int read = 0, told = 0, refused = 0;
};

void check_case(const Case& one, const json& texts, const json& bases,
                json four, json five, Count& count) {
  const CaseFolder folder(one, bases);
  if (one.contains("refused")) {
    const std::string refusal =
        refusal_of([&] { read_folder_tokenizer(folder.path()); });
    CHECK_THAT(refusal, Catch::Contains(one.at("refused").get<std::string>()));
    ++count.refused;
    return;
  }
  if (four.contains("error") && five.contains("error")) {
    CHECK_FALSE(
        refusal_of([&] { read_folder_tokenizer(folder.path()); }).empty());
    ++count.refused;
    return;
  }
  // What one version alone reads is read as that one does.
  if (four.contains("error")) four = five;
  if (five.contains("error")) five = four;
  const FolderTokenizer read = read_folder_tokenizer(folder.path());
  const bool told = !read.notes.empty();
  ++(told ? count.told : count.read);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto text = texts[i].get<std::string>();
    INFO(text);
    check_text(four.at("ids")[i], five.at("ids")[i], told,
               [&] { return ids_of(read.tokenizer->encode(text)); });
  }
  const auto first = texts[0].get<std::string>();
  check_text(four.at("prompt"), five.at("prompt"), false,
             [&] { return ids_of(encode_prompt(*read.tokenizer, first)); });
}

}  // namespace

TEST_CASE("a folder's tokens are those of AutoTokenizer, or refused",
          "[jobs][tokenizer_folders]") {
  const json bases = golden("bases.json"), four = golden("transformers_4.json"),
             five = golden("transformers_5.json");
  auto cases = golden<Case>("cases.json");
  const json texts = cases.at("texts");
  cases.erase("texts");
  Count count;
  for (const auto& [name, one] : cases.items()) {
    INFO(name);
    check_case(one, texts.at(one.at("texts").get<std::string>()), bases,
               four.at(name), five.at(name), count);
  }
  CHECK(count.read > 300);
  CHECK(count.told > 0);
  CHECK(count.told < 15);
  CHECK(count.refused < 70);
}

TEST_CASE("files beside tokenizer.json make another tokenizer of it",
          "[jobs][tokenizer_folders]") {
  const json bases = golden("bases.json");
  const auto cases = golden<Case>("cases.json");
  const auto changes = [&](const char* name) {
    const CaseFolder folder(cases.at(name), bases);
    return read_folder_tokenizer(folder.path()).changes;
  };
  CHECK(changes("gpt2: GPT2TokenizerFast").empty());
  CHECK(changes("gemma: GemmaTokenizerFast").empty());
  CHECK(changes("qwen2: plain").empty());
  CHECK_FALSE(changes("added_tokens.json alone").empty());
  CHECK_FALSE(changes("special tokens that are split").empty());
  CHECK(changes("added_tokens_decoder alone") !=
        changes("added_tokens.json alone"));
}

TEST_CASE("a null in a list of tokens is refused by key",
          "[jobs][tokenizer_folders]") {
  const json bases = golden("bases.json");
  for (const char* place : {"edit", "files"}) {
    INFO(place);
    Case one = {{"base", "gpt2"}, {"files", Case::object()}};
    const Case nothing = {{"added_tokens", {nullptr}}};
    if (std::string(place) == "edit") {
      one["edit"] = nothing;
    } else {
      one["files"]["tokenizer_config.json"] = {
          {"added_tokens_decoder", {{"3", nullptr}}}};
    }
    const CaseFolder folder(one, bases);
    CHECK_THAT(refusal_of([&] { read_folder_tokenizer(folder.path()); }),
               Catch::Contains("added_tokens"));
  }
}

TEST_CASE("files that transformers reads in the place of others are refused",
          "[jobs][tokenizer_folders]") {
  const json bases = golden("bases.json");
  Case one = {{"base", "gpt2"}, {"files", Case::object()}};
  one["files"]["tokenizer_config.json"] = {
      {"fast_tokenizer_files", {"tokenizer.json", "tokenizer.4.0.0.json"}}};
  {
    const CaseFolder folder(one, bases);
    CHECK_NOTHROW(read_folder_tokenizer(folder.path()));
  }
  one["files"]["tokenizer.4.0.0.json"] = Case::object();
  const CaseFolder folder(one, bases);
  CHECK_THAT(refusal_of([&] { read_folder_tokenizer(folder.path()); }),
             Catch::Contains("fast_tokenizer_files: tokenizer.4.0.0.json"));
  // A link to a file that was cleared is not a file that never was.
  const CaseFolder cleared({{"base", "gpt2"}, {"files", Case::object()}},
                           bases);
  std::filesystem::create_symlink("blobs/gone",
                                  cleared.path() + "/added_tokens.json");
  CHECK_THROWS_WITH(read_folder_tokenizer(cleared.path()),
                    Catch::Contains("a link to blobs/gone"));
}

TEST_CASE("chat templates of files go before the settings' own",
          "[jobs][tokenizer_folders]") {
  const tests::Scratch scratch;
  const auto folder = std::filesystem::path(scratch.file("x")).parent_path();
  const auto found = [&] {
    return read_tokenizer_settings(folder.string()).chat_template;
  };
  CHECK(found().empty());
  tests::write_file(scratch.file("tokenizer_config.json"),
                    R"({"chat_template": [{"name": "tool", "template": "T"},
                        {"name": "default", "template": "D"}]})");
  CHECK(found() == "D");
  // Transformers takes the files' names in their place, all of them.
  std::filesystem::create_directory(folder / "additional_chat_templates");
  const std::string more = folder.string() + "/additional_chat_templates/";
  tests::write_file(more + "tool.jinja", "T");
  CHECK(found().empty());
  tests::write_file(scratch.file("chat_template.jinja"), "J");
  CHECK(found() == "J");
  tests::write_file(more + "default.jinja", "A");
  CHECK(found() == "A");
}

TEST_CASE("added tokens are numbered behind the vocabulary",
          "[jobs][tokenizer_folders]") {
  AddedVocabulary added({[](const std::string& text) {
                           return text == "a" ? std::optional<std::int32_t>(0)
                                              : std::nullopt;
                         },
                         5});
  added.add({{.content = "a"}, {.content = "b"}, {.content = ""}});
  added.add(
      {{.content = "c", .special = true}, {.content = "b", .lstrip = true}});
  CHECK(added.id_of("a") == 0);
  CHECK(added.id_of("b") == 5);
  CHECK(added.id_of("c") == 6);
  CHECK(added.tokens().size() == 3);
  CHECK(added.holds({.content = "b", .lstrip = true}));
  CHECK_FALSE(added.holds({.content = "b"}));
}
