#include "storage/texts/text_corpus.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "storage/files/fault.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using coxswain::tests::Scratch;

namespace {

class Corpus {
 public:
  Corpus(const std::string& name, const std::string& content)
      : path_(scratch_.file(name)) {
    tests::write_file(path_, content);
  }
  std::vector<std::string> texts(std::size_t most = 100) const {
    std::vector<std::string> all;
    storage::for_each_text(path_, [&](const std::string& text) {
      all.push_back(text);
      return all.size() < most;
    });
    return all;
  }
  std::string fault() const {
    return tests::error_of([this] { texts(); });
  }

 private:
  Scratch scratch_;
  std::string path_;
};

}  // namespace

TEST_CASE("texts of JSON lines come one by one", "[storage][text_corpus]") {
  const Corpus corpus("a.jsonl",
                      "{\"text\": \"one\\ntwo\", \"meta\": 1}\n\n"
                      "{\"text\": \"\"}\n{\"text\": \"three\"}");
  CHECK(corpus.texts() == std::vector<std::string>{"one\ntwo", "", "three"});
  CHECK(corpus.texts(1) == std::vector<std::string>{"one\ntwo"});
}

TEST_CASE("what nobody asks for is not read", "[storage][text_corpus]") {
  const Corpus corpus("a.jsonl", "{\"text\": \"one\"}\nno JSON\n");
  CHECK(corpus.texts(1).size() == 1);
  CHECK(corpus.fault().find("a.jsonl:2") != std::string::npos);
}

TEST_CASE("plain text is cut at the ends of lines", "[storage][text_corpus]") {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "line " + std::to_string(i) + "\n";
  const Corpus corpus("a.txt", text);
  const std::vector<std::string> parts = corpus.texts();
  CHECK(parts.size() > 2);
  std::string together;
  for (const std::string& part : parts) {
    CHECK(part.back() == '\n');
    CHECK(part.size() < (65 << 10));
    together += part;
  }
  CHECK(together == text);
}

TEST_CASE("files without text are refused by line", "[storage][text_corpus]") {
  CHECK(Corpus("a.jsonl", "{\"txt\": \"x\"}\n").fault().find("a.jsonl:1") !=
        std::string::npos);
  CHECK(Corpus("a.jsonl", "[1]\n").fault().find("text") != std::string::npos);
  CHECK(Corpus("a.jsonl", "\n \n").fault().find("no text") !=
        std::string::npos);
  CHECK(Corpus("a.txt", " \n").fault().find("no text") != std::string::npos);
  CHECK_THAT(tests::error_of([] {
               storage::for_each_text("/", [](const auto&) { return true; });
             }),
             Catch::Contains("a folder, expected a file"));
  CHECK_THROWS_AS(
      storage::for_each_text("nowhere.txt", [](const auto&) { return true; }),
      storage::StorageError);
}

TEST_CASE("a corpus is read by its content, not by its name",
          "[storage][text_corpus]") {
  const std::string mark = "\xEF\xBB\xBF";
  const std::string lines = "{\"text\": \"one\"}\n{\"text\": \"two\"}\n";
  const std::vector<std::string> both{"one", "two"};
  for (const char* name : {"a.jsonl", "a.json", "a.ndjson", "a.txt", "a"}) {
    INFO(name);
    CHECK(Corpus(name, lines).texts() == both);
    CHECK(Corpus(name, mark + lines).texts() == both);
    CHECK(Corpus(name, "\n" + lines).texts() == both);
    CHECK(
        Corpus(name, "[{\"text\": \"one\"},\n {\"text\": \"two\"}]").texts() ==
        both);
    CHECK(Corpus(name, "[\"one\", \"two\"]").texts() == both);
  }
  // An array's elements come one by one, too.
  const Corpus cut("a.json", "[\"one\", \"two\", broken");
  CHECK(cut.texts(2) == both);
  CHECK_THAT(cut.fault(), Catch::Contains("without its end"));
}

TEST_CASE("prose that begins with a bracket is prose",
          "[storage][text_corpus]") {
  for (const char* text :
       {"[1] A note.\n", "[[File:x.jpg]] said\n", "{ int x; }\n",
        "\"Hello\", he said.\n", "{{template}}\n", "(A)\n", "[Music] la\n"}) {
    INFO(text);
    CHECK(Corpus("a.txt", text).texts() == std::vector<std::string>{text});
  }
  CHECK(Corpus("a.txt", "\xEF\xBB\xBFhello\n").texts() ==
        std::vector<std::string>{"hello\n"});
}

TEST_CASE("a name that promises JSON is held to it", "[storage][text_corpus]") {
  CHECK_THAT(Corpus("a.json", "plain words\n").fault(),
             Catch::Contains("a.json:1: not a JSON object: \"plain words"));
  CHECK_THAT(Corpus("a.jsonl", "[1] A note.\n").fault(),
             Catch::Contains("a.jsonl"));
  CHECK_THAT(Corpus("a.txt", "{\n  \"text\": \"one\"\n}\n").fault(),
             Catch::Contains("does not end in its line"));
  CHECK_THAT(Corpus("a.txt", "{\"text\": \"one\"}\nplain\n").fault(),
             Catch::Contains("a.txt:2: not a JSON object: \"plain\""));
  CHECK_THAT(Corpus("a.jsonl", "{\"text\": [\"one\"]}\n").fault(),
             Catch::Contains("text: [\"one\"], a list"));
  CHECK_THAT(Corpus("a.jsonl", "{\"text\": NaN}\n").fault(),
             Catch::Contains("\"text\": not a JSON object: NaN"));
  CHECK_THAT(Corpus("a.csv", "id,words\n1,x\n").fault(),
             Catch::Contains("a table"));
  CHECK_THAT(Corpus("a.txt", "id,text\n1,x\n").fault(),
             Catch::Contains("a table"));
  CHECK_THAT(Corpus("a", "\"id\"\t\"text\"\n1\tx\n").fault(),
             Catch::Contains("a table"));
}
