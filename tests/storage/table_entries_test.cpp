#include "storage/texts/table_entries.hpp"

#include <catch2/catch.hpp>

#include "storage/files/fault.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace {

// The rows of a table with this content, as JSON.
std::vector<std::string> rows(const std::string& content) {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("t.csv"), content);
  TextFile file(scratch.file("t.csv"));
  TableEntries table(file);
  std::vector<std::string> out;
  while (const auto entry = table.next()) {
    out.push_back(std::to_string(entry->number) + " " + entry->value.dump());
  }
  return out;
}

std::string refusal(const std::string& content) {
  return tests::error_of([&] { rows(content); });
}

using Rows = std::vector<std::string>;

}  // namespace

TEST_CASE("the delimiter is that of the first line with words",
          "[storage][table_entries]") {
  CHECK(delimiter_of("a,b\n1;;;2\n") == ',');
  CHECK(delimiter_of("\n \r\na\tb\n") == '\t');
  CHECK(delimiter_of("a\tb, c\n") == '\t');
  CHECK(delimiter_of("a;b;c, d\n") == ';');
  CHECK(delimiter_of("alone\n1,2\n") == ',');
}

TEST_CASE("cells are as they stand, whatever ends their lines",
          "[storage][table_entries]") {
  const Rows plain{R"(1 {"a":"1","b":" x "})", R"(2 {"a":"","b":"y"})"};
  CHECK(rows("a,b\n1, x \n,y\n") == plain);
  CHECK(rows("a,b\r\n1, x \r\n,y") == plain);
  CHECK(rows("\xEF\xBB\xBF"
             "a,b\n1, x \n,y\n") == plain);
  CHECK(rows("a\tb\n1\t x \n\ty\n") == plain);
  CHECK(rows("a;b\n1; x \n;y\n") == plain);
  CHECK(rows(" a , \"b\"\n") == Rows{});
  CHECK(rows("a,b\n\n1,2\n\n\n") == Rows{R"(2 {"a":"1","b":"2"})"});
  CHECK(rows("\n \na\n3\n") == Rows{R"(3 {"a":"3"})"});
  CHECK(rows("").empty());
}

TEST_CASE("cells in quotation marks hold whatever is written in them",
          "[storage][table_entries]") {
  CHECK(rows("a,b\n\"1,\n\"\"2\"\"\",\"\"\n3,4\n") ==
        Rows{R"(1 {"a":"1,\n\"2\"","b":""})", R"(3 {"a":"3","b":"4"})"});
  CHECK(rows("\"a\",\"b\"\r\n\"1\r\n2\",\"3\"\r\n") ==
        Rows{R"(1 {"a":"1\r\n2","b":"3"})"});
  CHECK(rows("a\n\"\"\n") == Rows{R"(1 {"a":""})"});
  // Inside a cell without any they are what they are.
  CHECK(rows("a\nsay \"ho\"\n") == Rows{R"(1 {"a":"say \"ho\""})"});
  CHECK(rows("a,\"b;;;;\"\n1,2\n") == Rows{R"(1 {"a":"1","b;;;;":"2"})"});
  // As pandas writes its index.
  CHECK(rows(",a\n0,x\n") == Rows{R"(1 {"a":"x"})"});
}

TEST_CASE("rows that are none are refused by line",
          "[storage][table_entries]") {
  CHECK_THAT(
      refusal("a,b\n1,2\n3\n"),
      Catch::Contains("t.csv:3: 1 cell, expected 2, as the header has") &&
          Catch::Contains("cut?"));
  CHECK_THAT(refusal("a,b\n1,2,3\n"),
             Catch::Contains("t.csv:2: 3 cells") &&
                 Catch::Contains("cells that have commas in them"));
  CHECK_THAT(refusal("a\tb\n1\t2\t3\n"), Catch::Contains("have tabs in them"));
  CHECK_THAT(refusal("a,b\n1,\"2\n3,4\n"),
             Catch::Contains("t.csv:2: a quotation mark in line 2 that is "
                             "never closed") &&
                 Catch::Contains("cut?"));
  CHECK_THAT(refusal("a,b\n1,\"2\" x\n"),
             Catch::Contains("t.csv:2: more behind the quotation mark that "
                             "closes \"2\"") &&
                 Catch::Contains("twice"));
  CHECK_THAT(refusal("a,b,a\n1,2,3\n"),
             Catch::Contains("t.csv:1: \"a\", the name of two columns"));
  CHECK_THAT(refusal(std::string(5000, ',')),
             Catch::Contains("more than 4096 cells"));
  CHECK_THAT(refusal("a\n\xFF\n"), Catch::Contains("not UTF-8"));
}
