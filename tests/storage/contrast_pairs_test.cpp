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

TEST_CASE("lines may be grouped by a key of theirs",
          "[storage][contrast_pairs]") {
  const tests::Scratch scratch;
  const auto with = [&](const std::string& second) {
    const std::string line = kGood;
    const std::string open = line.substr(0, line.size() - 1);
    tests::write_file(
        scratch.file("d.jsonl"),
        open + ", \"topic\": \"war \"}\n" + open + second + "}\n");
    return read_contrast_pairs(scratch.file("d.jsonl"), "topic");
  };
  const auto refusal_of = [&](const std::string& second) {
    return tests::error_of([&] { with(second); });
  };
  CHECK(with(", \"topic\": \"peace\"")[0].group == "war ");
  CHECK(with(", \"topic\": \"peace\"")[1].group == "peace");
  CHECK(with(", \"topic\": 7")[1].group == "7");
  CHECK(with(", \"topic\": -0.5")[1].group == "-0.5");
  CHECK_THAT(refusal_of(""),
             Catch::Contains("d.jsonl:2: topic: no such key, but "
                             "\"answer_matching_behavior\""));
  CHECK_THAT(refusal_of(", \"topic\": null"),
             Catch::Contains("d.jsonl:2: topic: null") &&
                 Catch::Contains("a text that is not empty, or a number"));
  for (const char* other : {"true", "[1]", "{\"a\": 1}", "\"\"", "\" \\t\""}) {
    INFO(other);
    CHECK_THAT(refusal_of(std::string(", \"topic\": ") + other),
               Catch::Contains("d.jsonl:2: topic: "));
  }
  // Nobody asked for it: it may be whatever it is.
  with(", \"topic\": 7");
  CHECK(read_contrast_pairs(scratch.file("d.jsonl"))[1].group.empty());
}

TEST_CASE("a file without pairs is refused", "[storage][contrast_pairs]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("d"), "\n");
  CHECK_THROWS_WITH(read_contrast_pairs(scratch.file("d")),
                    Catch::Contains("no lines"));
}

TEST_CASE("what holds pairs is told by its content, not by its name",
          "[storage][contrast_pairs]") {
  const tests::Scratch scratch;
  const std::string good = kGood;
  const std::string mark = "\xEF\xBB\xBF";
  for (const char* name : {"d.jsonl", "d.json", "d.txt", "d"}) {
    for (const std::string& content :
         {good + "\n" + good, "[" + good + "," + good + "]",
          "[\n  " + good + ",\n  " + good + "\n]\n", mark + good + "\n" + good,
          mark + "[" + good + ", " + good + "]",
          good + "\r\n\r\n" + mark + good + "\r\n"}) {
      INFO(name << "\n" << content);
      tests::write_file(scratch.file(name), content);
      const auto pairs = read_contrast_pairs(scratch.file(name));
      REQUIRE(pairs.size() == 2);
      CHECK(pairs[1].question == "q?");
      CHECK(pairs[1].line ==
            (content.find("\r\n\r\n") == std::string::npos ? 1 : 2));
    }
  }
}

TEST_CASE("what is no JSON is told by key and reason",
          "[storage][contrast_pairs]") {
  const auto with = [](const std::string& more) {
    return error_for(R"x({"question": "q", "answer_matching_behavior": "a", )x"
                     R"x("answer_not_matching_behavior": "b", )x" +
                     more);
  };
  CHECK_THAT(with(R"("score": NaN})"),
             Catch::Contains("d.jsonl:2: \"score\"") &&
                 Catch::Contains("NaN, which JSON"));
  CHECK_THAT(with(R"("score": -Infinity})"), Catch::Contains("Infinity"));
  CHECK_THAT(with(R"("ok": True})"),
             Catch::Contains("\"ok\"") && Catch::Contains("json.dumps"));
  CHECK_THAT(with(R"("x": 1,})"), Catch::Contains("a comma before its end"));
  CHECK_THAT(with("\"x\": \"a\tb\"}"), Catch::Contains("(0x09) in a text"));
  CHECK_THAT(with(R"("x": "a\q"})"), Catch::Contains("a backslash"));
  CHECK_THAT(with(R"("x": 1)"), Catch::Contains("does not end in its line"));
  CHECK_THAT(with(R"("x": "un)"), Catch::Contains("a text that does not end"));
  CHECK_THAT(with(R"("x": 1} {"y": 2})"),
             Catch::Contains("more behind its end"));
  CHECK_THAT(with(R"("x": "\ud83d"})"), Catch::Contains("surrogate"));
  CHECK_THAT(error_for("{'question': 'q'}"), Catch::Contains("single quotes"));
  CHECK_THAT(error_for("- question: q"), Catch::Contains("not a JSON object"));
  const auto bad_question = [](const std::string& value) {
    return error_for(R"x({"question": )x" + value +
                     R"x(, "answer_matching_behavior": "a", )x"
                     R"x("answer_not_matching_behavior": "b"})x");
  };
  CHECK_THAT(bad_question("[\"q\"]"),
             Catch::Contains("question: [\"q\"], a list, expected a text"));
  CHECK_THAT(bad_question("1.5"), Catch::Contains("1.5, a number"));
  CHECK_THAT(bad_question("null"), Catch::Contains("question: null"));
  CHECK_THAT(bad_question("\"\""), Catch::Contains("question: \"\""));
  CHECK_THAT(error_for(R"({"prompt": "q", "chosen": "a"})"),
             Catch::Contains("question: no such key") &&
                 Catch::Contains("\"chosen\", \"prompt\""));
  CHECK_THAT(error_for(R"({"question": "q", "answer_matching_behavior": "ja",)"
                       R"("answer_not_matching_behavior": "ja"})"),
             Catch::Contains("\"ja\", the same answer twice"));
}

TEST_CASE("arrays that are none are refused", "[storage][contrast_pairs]") {
  const tests::Scratch scratch;
  const auto error_in = [&](const std::string& content) {
    tests::write_file(scratch.file("d"), content);
    return tests::error_of([&] { read_contrast_pairs(scratch.file("d")); });
  };
  const std::string good = kGood;
  CHECK_THAT(error_in("[" + good), Catch::Contains("without its end"));
  CHECK_THAT(error_in("[" + good + ",]"), Catch::Contains("a comma without"));
  CHECK_THAT(error_in("[" + good + "]\n[" + good + "]"),
             Catch::Contains("d:2: more behind the array's end"));
  CHECK_THAT(error_in("[\n" + good + ",\n7]"),
             Catch::Contains("d:3: not a JSON object: \"7\""));
  CHECK_THAT(error_in("[]"), Catch::Contains("no lines"));
  CHECK_THAT(error_in("question,answer_matching_behavior\nq,a"),
             Catch::Contains("d:1: answer_not_matching_behavior: no such "
                             "column in the first line"));
}

TEST_CASE("several accepted answers are read where they are asked for",
          "[storage][contrast_pairs]") {
  const tests::Scratch scratch;
  const auto read = [&](const std::string& matching, const std::string& other,
                        bool several) {
    tests::write_file(scratch.file("d.jsonl"),
                      R"({"question": "q", "answer_matching_behavior": )" +
                          matching + R"(, "answer_not_matching_behavior": )" +
                          other + "}\n");
    PairRules rules;
    rules.several_answers = several;
    return read_pair_file(scratch.file("d.jsonl"), rules).pairs.at(0);
  };
  const auto error = [&](const std::string& matching, const std::string& other,
                         bool several) {
    return tests::error_of([&] { read(matching, other, several); });
  };
  const ContrastPair pair = read(R"(["a", "b", "c"])", R"("d")", true);
  CHECK(pair.matching == "a");
  CHECK(pair.also_matching == std::vector<std::string>{"b", "c"});
  CHECK(pair.other == "d");
  CHECK(pair.also_other.empty());
  CHECK(read(R"(["a"])", R"(["d"])", false).also_matching.empty());
  CHECK_THAT(error(R"(["a", "b"])", R"("d")", false),
             Catch::Contains("2 answers, expected one") &&
                 Catch::Contains("score = \"answer\""));
  CHECK_THAT(error(R"(["a", "b", "a"])", R"("d")", true),
             Catch::Contains("answer_matching_behavior: \"a\", the same answer "
                             "twice"));
  CHECK_THAT(error(R"(["a", "b"])", R"(["d", "b"])", true),
             Catch::Contains("answer_not_matching_behavior: \"b\""));
  CHECK_THAT(error(R"(["a", 3])", R"("d")", true), Catch::Contains("3"));
  std::string many = "[\"a\"";
  for (int i = 0; i < 64; ++i) many += ", \"a" + std::to_string(i) + "\"";
  CHECK_THAT(error(many + "]", R"("d")", true),
             Catch::Contains("65 answers, expected at most 64"));
  CHECK_THAT(error(R"(["a", ""])", R"("d")", true),
             Catch::Contains("not empty"));
}
