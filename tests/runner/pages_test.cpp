#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "runner/bill/bill.hpp"
#include "runner/growth/growth.hpp"
#include "runner/growth/why.hpp"
#include "runner/report/export_files.hpp"
#include "runner/stages/planning.hpp"
#include "runner/status/status_text.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "runner/work/failure_policy.hpp"
#include "tests/support/executed_plan.hpp"
#include "tests/support/exportable_results.hpp"
#include "tests/support/minimal_sweep.hpp"
#include "tests/support/pages.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_status.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

using Words = std::set<std::string>;

// What one of the two has and the other lacks, in words.
std::string difference(const Words& documented, const Words& there) {
  std::string text;
  for (const std::string& one : documented) {
    if (!there.contains(one)) text += "documented, not there: " + one + "\n";
  }
  for (const std::string& one : there) {
    if (!documented.contains(one)) text += "not documented: " + one + "\n";
  }
  return text;
}

// A sweep that has each table, and in it whatever lets further keys be read. A
// line "@TABLE" is where a key of that table can be put in.
const char* const kEachTable = R"(name = "x"
@
[numerics]
@numerics
[[model]]
id = "m"
source = "m.gguf"
template = "{system} {question}"
system = "s"
answers = "as-is"
@model
[[data]]
behaviour = "b"
source = "b.jsonl"
template = "{system} {question}"
system = "s"
answers = "as-is"
@data
[data.columns]
@data.columns
[[vector_file]]
name = "v"
source = "v.npz"
@vector_file
[vector]
layers = [1, 2]
@vector
[[sae]]
id = "s"
source = "s"
layer = 2
@sae
[[feature]]
sae = "s"
feature = 1
@feature
[[support]]
sae = "s"
features = 1
@support
[verdict]
@verdict
[decompose]
@decompose
[decompose.controls]
@decompose.controls
[steer]
layers = [2]
@steer
[steer.noise]
@steer.noise
[steer.noise.random]
@steer.noise.random
[steer.multipliers]
from = -1
to = 1
step = 1
@{...}
[observe]
text = "t"
@observe
[store]
@store
[report]
@report
[cluster]
@cluster
[only]
@only
[[exclude]]
layer = 1
@exclude
)";
const char* const kOfStoredActivations = R"(name = "x"
[vector]
from = "f"
layers = [2]
@vector
[[sae]]
id = "s"
source = "s"
layer = 2
)";

// A sweep with a line of its own at that table's mark, without marks.
std::string with_line(const std::string& sweep, const std::string& table,
                      const std::string& line) {
  std::istringstream lines(sweep);
  std::string text, one;
  while (std::getline(lines, one)) {
    if (one == "@" + table) {
      text += line + "\n";
    } else if (!one.starts_with("@")) {
      text += one + "\n";
    }
  }
  return text;
}

// Whether some sweep may have such a key in such a table. A date is what no key
// takes: one that is read is refused for that, or is there twice.
bool is_key(const std::string& table, const std::string& key) {
  for (const char* sweep : {kEachTable, kOfStoredActivations}) {
    const std::string text = with_line(sweep, table, key + " = 1979-05-27");
    if (text == with_line(sweep, "none", "")) continue;
    if (tests::refusal(text).find("unknown key") == std::string::npos) {
      return true;
    }
  }
  return false;
}

// Every text in the sources that read sweep files could be a key.
Words quoted_in_sources() {
  Words words;
  const std::regex word("\"([a-z][a-z0-9_-]*)\"");
  for (const auto& entry : std::filesystem::directory_iterator(
           std::string(COXSWAIN_SOURCE_DIR) + "/runner/sweep")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = tests::read_file(entry.path());
    for (std::sregex_iterator at(text.begin(), text.end(), word), end;
         at != end; ++at) {
      words.insert((*at)[1]);
    }
  }
  return words;
}

// "[table] key", by the first cells "`[[data]]` and `[[sae]]` `model`"; keys of
// no table are "[] key". A table's name is a key of the file.
Words documented_keys() {
  Words keys;
  for (const char* path : {"runner/sweep/keys.md", "cluster/README.md"}) {
    for (const auto& row : tests::table_rows(tests::page(path))) {
      if (row.size() != 3 || row[0] == "key") continue;
      std::vector<std::string> tables;
      bool named = false;
      for (std::string word : tests::code_words(row[0])) {
        if (word[0] != '[' && word[0] != '{') {
          for (const auto& one : tables) keys.insert("[" + one + "] " + word);
          if (tables.empty()) keys.insert("[] " + word);
          named = true;
          continue;
        }
        if (named) tables.clear();
        named = false;
        std::erase(word, '[');
        std::erase(word, ']');
        tables.push_back(word);
        if (word.find_first_of(".{") == std::string::npos) {
          keys.insert("[] " + word);
        }
      }
    }
  }
  return keys;
}

// "path key" of each object in it; "[]" for elements of an array.
void add_keys(const nlohmann::json& value, const std::string& path,
              Words& keys) {
  if (value.is_array()) {
    for (const auto& one : value) add_keys(one, path + "[]", keys);
  } else if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) {
      keys.insert(path + " " + key);
      add_keys(inner, path.empty() ? key : path + "." + key, keys);
    }
  }
}

// The keys that a page's section "## JSON" has: objects in the first cells (the
// whole is called otherwise), their keys in the second; an empty first cell
// goes on with the objects above.
Words documented_json(const std::string& path, const std::string& whole) {
  Words keys;
  std::vector<std::string> objects;
  for (const auto& row : tests::table_rows(tests::page(path), "## JSON")) {
    if (row.size() != 3 || row[0] == "in") continue;
    if (!row[0].empty()) objects = tests::code_words(row[0]);
    for (const std::string& key : tests::code_words(row[1])) {
      for (const std::string& one : objects) {
        keys.insert((one == whole ? "" : one) + " " + key);
      }
    }
  }
  return keys;
}

RunView whole_view() {
  RunView view;
  view.age = 2;
  view.live = tests::toy_status();
  view.exit = {0, ""};
  view.slurm = SlurmQueue{1, "", {{"7", "RUNNING", "node1", "1:00", "2:00"}}};
  view.journal.starts = {{1, 2, 0, 0, 0}};
  const storage::FailureNote note{{{0, 9}, 2, 3, "out of memory"}, 3};
  view.journal.failed = {note};
  view.journal.quarantined[{0, 9}] = note;
  return view;
}

}  // namespace

TEST_CASE("every key of a sweep file has a line, and every line a key",
          "[runner][pages]") {
  REQUIRE(tests::refusal(with_line(kEachTable, "none", "")) == "");
  REQUIRE(tests::refusal(with_line(kOfStoredActivations, "none", "")) == "");
  REQUIRE_FALSE(is_key("steer", "nothing"));
  const Words documented = documented_keys();
  Words words = quoted_in_sources();
  Words tables;
  for (const std::string& one : documented) {
    words.insert(one.substr(one.find(' ') + 1));
    tables.insert(one.substr(1, one.find(']') - 1));
  }
  Words there;
  for (const std::string& table : tables) {
    for (const std::string& word : words) {
      if (is_key(table, word)) there.insert("[" + table + "] " + word);
    }
  }
  CHECK(tables.size() == 23);
  CHECK(difference(documented, there) == "");
}

TEST_CASE("every key of status --json has a line, and every line a key",
          "[runner][pages]") {
  Words keys;
  add_keys(status_json(whole_view()), "", keys);
  CHECK(difference(documented_json("runner/status/README.md", "status --json"),
                   keys) == "");
}

TEST_CASE("every key of the bill has a line, and every line a key",
          "[runner][pages]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.path());
  const Plan plan = make_plan(read_sweep(scratch.file("sweep.toml"), ""));
  // The command's, beside the bill's own.
  Words keys{" notes", " products", "products float32", "products bfloat16"};
  nlohmann::json json = to_json(make_bill(plan, nullptr));
  Growth growth;
  growth.stages.emplace_back().causes.emplace_back();
  growth.notes.emplace_back("a note");
  json["run"] = to_json(growth);
  json["why"] = to_json(std::vector{
      WhyStage{jobs::kKindOf<jobs::ExtractTask>, 1, 0, 1, 0, {{1, "new"}}}});
  add_keys(json, "", keys);
  CHECK(difference(documented_json("runner/bill/README.md", "plan --json"),
                   keys) == "");
}

TEST_CASE("every exit code has a line, and every line a code",
          "[runner][pages]") {
  Words codes, documented;
  const std::string header = tests::page("runner/base/exit_code.hpp");
  const std::regex code("\n  [a-z_]+ = ([0-9]+),");
  for (std::sregex_iterator at(header.begin(), header.end(), code), end;
       at != end; ++at) {
    codes.insert((*at)[1]);
  }
  for (const auto& row : tests::table_rows(tests::page("runner/base/README.md"),
                                           "## Exit codes")) {
    if (row[0] != "code") documented.insert(row[0]);
  }
  CHECK(codes.size() == 15);
  CHECK(difference(documented, codes) == "");
}

TEST_CASE("every kind of failure has a line that says whether it is final",
          "[runner][pages]") {
  Words documented, kinds;
  for (const auto& row : tests::table_rows(tests::page("runner/base/README.md"),
                                           "## Kinds of failures")) {
    if (row[0] == "kind") continue;
    const std::string name = tests::code_words(row[0]).at(0);
    documented.insert(name);
    const bool final = row[2].starts_with("no");
    CHECK(final ==
          (again_after(storage::failure_kind_of(name)) == Again::never));
  }
  for (int kind = 0; kind <= static_cast<int>(storage::FailureKind::lost);
       ++kind) {
    kinds.emplace(storage::name_of(static_cast<storage::FailureKind>(kind)));
  }
  CHECK(kinds.size() == 7);
  CHECK(difference(documented, kinds) == "");
}

TEST_CASE("storage's page names every kind of small integer in results",
          "[runner][pages]") {
  const tests::Scratch scratch;
  tests::write_toy_sweep(scratch.file("sweep"));
  const Plan plan = make_plan(read_sweep(scratch.file("sweep/sweep.toml"), ""));
  const storage::RunDirectory run(scratch.file("run"));
  tests::execute_plan(plan, run.path());
  const storage::Results results = storage::read_results(run.results());
  Words documented, names;
  for (const auto& row : tests::table_rows(tests::page("storage/README.md"))) {
    for (const std::string& word : tests::code_words(row[0])) {
      if (word.starts_with("names/")) documented.insert(word.substr(6));
    }
  }
  for (const auto& [name, rows] : results.names) names.insert(name);
  CHECK(names.size() >= 14);
  CHECK(difference(documented, names) == "");
}

TEST_CASE("export's page names every entry of metadata and kind of vector",
          "[runner][pages]") {
  const std::string text = tests::page("runner/report/export.md");
  const std::vector<std::string> words = tests::code_words(text);
  const Words documented(words.begin(), words.end());
  storage::Results results = tests::exportable_results();
  const std::vector<float> values{1, 2, 3, 4};
  tests::add_decomposition(results, tests::encoded(1, 1), values);
  tests::add_variant(results, tests::rebuilt(1, 0, "positive"), values);
  const ExportedVectors vectors = exported_vectors(results);
  const std::string bytes = safetensors_files(results, vectors)[0].bytes();
  // The format begins with the length of its JSON in eight bytes.
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  const auto header = nlohmann::json::parse(bytes.substr(8, length));
  Words missing;
  for (const auto& [key, value] : header.at("__metadata__").items()) {
    if (key.find('/') == std::string::npos && !documented.contains(key)) {
      missing.insert(key);
    }
  }
  for (const ExportedVector& vector : vectors.vectors) {
    const auto metadata = nlohmann::json::parse(vector.metadata);
    for (const auto& [key, value] : metadata.items()) {
      if (!documented.contains(key)) missing.insert(key);
    }
  }
  for (const auto& [name, rows] : results.names) {
    if (name != "variants") continue;
    for (const storage::NameRow& row : rows) {
      const std::string kind = row.name.str();
      if (!std::regex_search(text, std::regex("[/`]" + kind + "[_/`]"))) {
        missing.insert(kind);
      }
    }
  }
  CHECK(vectors.vectors.size() == 6);
  CHECK(difference({}, missing) == "");
}
