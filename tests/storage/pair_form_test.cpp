#include "storage/texts/pair_form.hpp"

#include <catch2/catch.hpp>

#include "storage/texts/contrast_pairs.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace {

PairFile read(const std::string& name, const PairRules& rules = {}) {
  return read_pair_file(
      std::string(COXSWAIN_SOURCE_DIR) + "/tests/data/pairs/" + name, rules);
}

// What a file with such a content is refused for.
std::string refusal(const std::string& content, const PairRules& rules = {},
                    const std::string& name = "d") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file(name), content);
  return tests::error_of([&] { read_pair_file(scratch.file(name), rules); });
}

PairRules named(const std::string& form) {
  PairRules rules;
  rules.form = form;
  return rules;
}

constexpr const char* kQa =
    R"({"prompt": "q", "correct": "a", "incorrect": "b"})";
constexpr const char* kAnthropic =
    R"({"question": "q", "answer_matching_behavior": "a", )"
    R"("answer_not_matching_behavior": "b"})";

}  // namespace

TEST_CASE("published forms are told by their keys", "[storage][pair_form]") {
  const PairFile caa = read("caa.json");
  CHECK(caa.form.name == "anthropic");
  CHECK(caa.layout == PairLayout::array);
  REQUIRE(caa.pairs.size() == 2);
  CHECK(caa.pairs[1].matching == "(B)");
  const PairFile persona = read("persona.jsonl");
  CHECK(persona.form.name == "anthropic");
  CHECK(persona.layout == PairLayout::lines);
  CHECK(persona.pairs.at(1).matching == " No");
  CHECK_THAT(persona.pairs[0].question, Catch::Contains("\"I like to be"));
  const PairFile bench = read("steering_bench.json");
  CHECK(bench.form.name == "steering-bench");
  CHECK(bench.pairs.at(0).matching == "(B)");
  CHECK(bench.pairs.at(1).other == "(B)");
  const PairFile nested = read("steering_bench_nested.jsonl");
  CHECK(nested.form.name == "steering-bench");
  CHECK(nested.pairs.at(1).matching == "(B)");
  CHECK(nested.pairs[1].question == "Is it early?\n(A) Yes\n(B) No");
  const PairFile qa = read("caa_qa.json");
  CHECK(qa.form.name == "caa-qa");
  CHECK(qa.pairs.at(1).matching == "(B)");
}

TEST_CASE("tables are read by their header", "[storage][pair_form]") {
  PairRules rules;
  rules.group = "topic";
  const PairFile csv = read("table.csv", rules);
  CHECK(csv.layout == PairLayout::table);
  CHECK(csv.delimiter == ',');
  REQUIRE(csv.pairs.size() == 2);
  CHECK(csv.pairs[0].question ==
        "Shall it wait, or leave?\n (A) It \"waits\"\n (B) It leaves");
  CHECK(csv.pairs[0].matching == " (A)");
  CHECK(csv.pairs[0].line == 1);
  CHECK(csv.pairs[1].line == 5);
  CHECK(csv.pairs[1].other == " No");
  CHECK(csv.pairs[1].group == "clock");
  rules.columns.matching = "good";
  rules.columns.other = "bad";
  const PairFile tsv = read("table.tsv", rules);
  CHECK(tsv.delimiter == '\t');
  CHECK(tsv.pairs.at(0).question == "Is it late, then?");
  CHECK(tsv.pairs[0].matching == " Yes");
}

TEST_CASE("keys of one's own may lie inside objects", "[storage][pair_form]") {
  PairRules rules;
  rules.columns = {"item.text", "answers.good", "answers.bad", "system"};
  const PairFile file = read("system.jsonl", rules);
  CHECK(file.pairs.at(0).question == "Is it late?");
  CHECK(file.pairs[0].matching == " Yes");
  CHECK(file.pairs[0].system == "You are brief.");
  CHECK(file.pairs.at(1).system == "");
  CHECK(file.unread_system == 0);
  // Nobody asked for it.
  rules.columns.system.clear();
  CHECK(read("system.jsonl", rules).unread_system == 2);
  CHECK_FALSE(read("system.jsonl", rules).pairs[0].system.has_value());
  const auto under = [](const char* entry, const std::string& key) {
    const auto parsed = nlohmann::json::parse(entry);
    const nlohmann::json* found = value_under(parsed, key);
    return found == nullptr ? "none" : found->dump();
  };
  CHECK(under(R"({"a.b": 1, "a": {"b": 2}})", "a.b") == "1");
  CHECK(under(R"({"a": {"b.c": 2}})", "a.b.c") == "2");
  CHECK(under(R"({"a": [1]})", "a.b") == "none");
  CHECK(under("[1]", "a") == "none");
}

TEST_CASE("conversations are questions with what was said before",
          "[storage][pair_form]") {
  const PairFile file = read("messages.jsonl");
  CHECK(file.form.name == "messages");
  REQUIRE(file.pairs.size() == 2);
  CHECK(file.pairs[0].system == "You keep a harbour.");
  CHECK(file.pairs[0].before ==
        std::vector<Exchange>{{"Is the gate open?", "It is."}});
  CHECK(file.pairs[0].question == "Shall I close it?");
  CHECK(file.pairs[1].before.empty());
  CHECK_FALSE(file.pairs[1].system.has_value());
}

TEST_CASE("a file of several forms is refused by line",
          "[storage][pair_form]") {
  const std::string both = std::string(kQa) + "\n" + kAnthropic + "\n";
  CHECK_THAT(refusal(both),
             Catch::Contains("d:2: prompt: no such key: this entry has "
                             "question, answer_matching_behavior, ") &&
                 Catch::Contains("(form anthropic)") &&
                 Catch::Contains("as the first one (form caa-qa)") &&
                 Catch::Contains("a file of its own"));
  CHECK_THAT(refusal(both, named("anthropic")),
             Catch::Contains("d:1: question: no such key, but \"correct\""));
  CHECK(refusal(kQa, named("caa-qa")) == "");
}

TEST_CASE("a key that is none is named with those that are there",
          "[storage][pair_form]") {
  PairRules rules;
  rules.columns.matching = "corect";
  rules.columns.other = "incorrect";
  CHECK_THAT(refusal(kQa, rules),
             Catch::Contains("d:1: ") &&
                 Catch::Contains("question: no such key, but \"correct\", "
                                 "\"incorrect\", \"prompt\"") &&
                 Catch::Contains("[[data]] columns = { question ="));
  rules.columns.question = "prompt";
  CHECK_THAT(refusal(kQa, rules),
             Catch::Contains("d:1: columns.matching: \"corect\", which is no "
                             "key: there is \"correct\", \"incorrect\"") &&
                 Catch::Contains("name one that is there"));
  CHECK_THAT(
      refusal("prompt,correct,incorrect\nq,a,b\n", rules),
      Catch::Contains("d:1: columns.matching: \"corect\", which is no column"));
}

TEST_CASE("a table without a header, and what is no table, are told",
          "[storage][pair_form]") {
  CHECK_THAT(refusal("Is it?,yes,no\nIs it late?,no,yes\n"),
             Catch::Contains("d:1: question: no such column in the first line, "
                             "but \"Is it?\", \"yes\", \"no\"") &&
                 Catch::Contains("a header with question, answer_matching_"
                                 "behavior, answer_not_matching_behavior") &&
                 Catch::Contains("names of the columns into the first line"));
  CHECK_THAT(refusal("Once upon a time\n"),
             Catch::Contains("d:1: question: no such column") &&
                 Catch::Contains("or JSON"));
  CHECK_THAT(refusal("prompt,correct,incorrect\n"),
             Catch::Contains("no lines below the header"));
  CHECK_THAT(refusal(""), Catch::Contains("d: no lines, expected"));
  CHECK_THAT(
      refusal("question,answer_matching_behavior\nq,a\n", {}, "d.jsonl"),
      Catch::Contains("d.jsonl: line 1") && Catch::Contains("call it .csv"));
}

TEST_CASE("where options say the others, one answer is all",
          "[storage][pair_form]") {
  PairRules rules;
  rules.one_answer = true;
  rules.columns.matching = "answer";
  const tests::Scratch scratch;
  tests::write_file(scratch.file("d"), "question,answer\nq,(C)\n");
  const PairFile file = read_pair_file(scratch.file("d"), rules);
  CHECK(file.pairs.at(0).matching == "(C)");
  CHECK(file.pairs[0].other.empty());
  CHECK(pair_keys(file.form) == "question, answer");
  CHECK_THAT(refusal("question,answer\nq,\n", rules),
             Catch::Contains("d:2: answer: \"\""));
}

TEST_CASE("answers in lists, and questions asked twice, are one each",
          "[storage][pair_form]") {
  CHECK_THAT(refusal(R"({"prompt": "q", "positive_response": ["a", "c"],)"
                     R"("negative_response": "b"})"),
             Catch::Contains("positive_response: 2 answers, expected one"));
  CHECK_THAT(refusal(R"({"prompt": "q", "positive_response": [],)"
                     R"("negative_response": "b"})"),
             Catch::Contains("positive_response: [], a list"));
  CHECK_THAT(refusal(R"({"positive": {"prompt": "q", "response": "a"},)"
                     R"("negative": {"prompt": "r", "response": "b"}})"),
             Catch::Contains("negative.prompt: \"r\", another text than "
                             "positive.prompt"));
  CHECK_THAT(refusal(R"({"positive": {"prompt": "q", "response": "a"},)"
                     R"("negative": {"response": "b"}})"),
             Catch::Contains("question: no such key"));
  PairRules rules;
  rules.columns = {"q", "a", "b", "s"};
  CHECK_THAT(refusal(R"({"q": "q", "a": "a", "b": "b", "s": 3})", rules),
             Catch::Contains("s: 3, a number, expected a system text"));
  CHECK(refusal(R"({"q": "q", "a": "a", "b": "b", "s": null})", rules) == "");
}
