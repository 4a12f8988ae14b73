#include "runner/plan/behaviour_input.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "runner/base/exit_code.hpp"
#include "runner/plan/result_rows.hpp"
#include "runner/stages/planning.hpp"
#include "runner/stages/seal.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "tests/support/planned.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

// The toy sweep, whose data have no copies.
struct Toy {
  Toy() { tests::write_toy_sweep(scratch.path()); }
  Plan plan() const {
    return make_plan(read_sweep(scratch.file("sweep.toml"), ""));
  }
  std::vector<std::string> lines(const char* name) const {
    std::vector<std::string> out;
    std::istringstream text(tests::read_file(scratch.file(name)));
    for (std::string line; std::getline(text, line);) out.push_back(line);
    return out;
  }
  void write(const char* name, const std::vector<std::string>& all) const {
    std::string text;
    for (const std::string& line : all) text += line + "\n";
    tests::write_file(scratch.file(name), text);
  }
  tests::Scratch scratch;
};

// Lines of data as JSON: question, matching, other, and a topic.
std::string line_of(const std::string& question, const std::string& matching,
                    const std::string& other, const std::string& topic = "") {
  nlohmann::json line{{"question", question},
                      {"answer_matching_behavior", matching},
                      {"answer_not_matching_behavior", other}};
  if (!topic.empty()) line["topic"] = topic;
  return line.dump();
}

// A sweep of one behaviour, whose data are these lines, with these keys.
Plan plan_of(const std::vector<std::string>& data, const std::string& keys,
             const std::string& resample = "") {
  const Toy toy;
  toy.write("data.jsonl", data);
  return make_plan(parse_sweep(
      "name = \"x\"\n[[model]]\nid = \"toy\"\nsource = \"model.gguf\"\n"
      "[[data]]\nbehaviour = \"b\"\nsource = \"data.jsonl\"\n" +
          keys + "\n[vector]\nlayers = [1]\n" + resample +
          "\n[steer]\nlayers = [1]\nmultipliers = [-1, 1]\n"
          "variants = [\"original\", \"balanced\", \"letter\"]\n",
      "s.toml", toy.scratch.path(), ""));
}

// Ten questions to each of nine pairs of words, in turn.
std::vector<std::string> words(int n) {
  const std::string signs = "+*/=<>!?#";
  std::vector<std::string> lines;
  for (int i = 0; i < n; ++i) {
    lines.push_back(
        line_of("No. " + std::to_string(i),
                signs.substr(static_cast<std::size_t>(i) % signs.size(), 1),
                "-", "topic " + std::to_string(i % 4)));
  }
  return lines;
}

// Questions that are answered with + or -, three to one.
std::vector<std::string> two_answers(int n) {
  std::vector<std::string> lines;
  for (int i = 0; i < n; ++i) {
    lines.push_back(line_of("No. " + std::to_string(i), i % 4 > 0 ? "+" : "-",
                            i % 4 > 0 ? "-" : "+"));
  }
  return lines;
}

const jobs::VariantsTask& variants_of(const Plan& plan) {
  for (const PlannedTask& task : plan.tasks) {
    if (const auto* one = std::get_if<jobs::VariantsTask>(&task.task)) {
      return *one;
    }
  }
  throw std::logic_error("no variants task");
}

bool has_note(const Plan& plan, const std::string& text) {
  return std::ranges::any_of(plan.notes, [&](const std::string& note) {
    return note.find(text) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("copies are counted by file, and no test item is trained on",
          "[runner][behaviour_input]") {
  const Toy toy;
  const Plan before = toy.plan();
  CHECK_FALSE(has_note(before, "copies"));
  // The last questions once more at the beginning.
  const auto letters = toy.lines("letters.jsonl");
  std::vector<std::string> lines(letters.end() - 3, letters.end());
  lines.insert(lines.end(), letters.begin(), letters.end());
  toy.write("letters.jsonl", lines);
  const Plan plan = toy.plan();
  CHECK(has_note(plan,
                 "behaviour letters (letters.jsonl): 3 of 43 pairs are "
                 "copies of earlier ones (lines 41, 42, 43)"));
  const storage::Results tables = tests::blank_results(plan);
  std::map<std::int32_t, std::set<int>> sides;  // of a cluster of letters
  std::map<std::int32_t, int> items;
  for (const storage::ItemRow& row : tables.items) {
    if (tables.behaviours[static_cast<std::size_t>(row.behaviour)].name.str() !=
        "letters") {
      continue;
    }
    sides[row.cluster].insert(row.split);
    ++items[row.cluster];
  }
  int doubled = 0;
  for (const auto& [cluster, found] : sides) {
    CHECK(found.size() == 1);
    doubled += items[cluster] == 2 ? 1 : 0;
  }
  CHECK(doubled == 3);
}

TEST_CASE("copies inside one side are clusters that are sealed anew",
          "[runner][behaviour_input]") {
  const Toy toy;
  const Plan plan = toy.plan();
  Plan joined = plan;
  joined.behaviours[1].copies = 1;
  CHECK(contents_of(joined, {}) != contents_of(plan, {}));
  joined.behaviours[1].copies = 0;
  CHECK(contents_of(joined, {}) == contents_of(plan, {}));
}

TEST_CASE("test questions that another file trains on are told",
          "[runner][behaviour_input]") {
  const Toy toy;
  // The other way round: what was to be tested on comes first.
  auto letters = toy.lines("letters.jsonl");
  std::ranges::reverse(letters);
  toy.write("held_out.jsonl", letters);
  std::string sweep = tests::read_file(toy.scratch.file("sweep.toml"));
  const std::string name = "behaviour = \"words\"\nsource = \"words.jsonl\"";
  sweep.replace(sweep.find(name), name.size(),
                "behaviour = \"held-out\"\nsource = \"held_out.jsonl\"");
  tests::write_file(toy.scratch.file("sweep.toml"), sweep);
  const Plan plan = toy.plan();
  CHECK(has_note(plan,
                 "test items of behaviour letters (letters.jsonl) are "
                 "copies of training pairs of behaviour held-out "
                 "(held_out.jsonl)"));
}

TEST_CASE("rows say how a behaviour's items fall into clusters",
          "[runner][behaviour_input]") {
  const Plan plan = plan_of(words(90), "");
  CHECK(has_note(plan,
                 "behaviour b (data.jsonl): split by cluster (each a pair of "
                 "words): 3 for testing, 6 for the vector"));
  const storage::Results tables = tests::blank_results(plan);
  const storage::BehaviourRow& row = tables.behaviours.at(0);
  CHECK(row.answer_first.str().empty());
  CHECK(row.split_by_cluster == 1);
  CHECK(row.train_clusters == 6);
  CHECK(row.test_clusters == 3);
  CHECK(row.train == 60);
  CHECK(row.test == 30);
  CHECK(tables.vectors.at(0).n_clusters == 6);
  for (const storage::ItemRow& item : tables.items) {
    CHECK(item.matching_answer == 0);
    CHECK(item.cluster == item.line % 9);
  }
  const Plan by_line = plan_of(words(90), "split = \"line\"");
  CHECK(by_line.tables.behaviours.at(0).split_by_cluster == 0);
  CHECK(by_line.tables.behaviours.at(0).test == 50);
  CHECK(has_note(by_line,
                 "9 of 9 test clusters (each a pair of words) are in "
                 "training, too"));
}

TEST_CASE("questions with one of two answers are told apart by it",
          "[runner][behaviour_input]") {
  const Plan plan =
      plan_of(two_answers(60), "test_items = 40", "resample = 2\n");
  const storage::Results tables = tests::blank_results(plan);
  const storage::BehaviourRow& row = tables.behaviours.at(0);
  CHECK(row.answer_first.str() == "-");
  CHECK(row.answer_second.str() == "+");
  CHECK(row.letters == 0);
  CHECK(row.split_by_cluster == 1);
  CHECK(row.train_clusters == 20);
  CHECK(row.test_clusters == 40);
  for (const storage::ItemRow& item : tables.items) {
    CHECK(item.cluster == item.line);
    CHECK(item.matching_answer == (item.line % 4 > 0 ? -1 : 1));
    CHECK(item.matching_letter.str().empty());
  }
  // Original, two resampled ones, and the two that need both answers.
  const jobs::VariantsTask& task = variants_of(plan);
  CHECK(task.requests.size() == 5);
  REQUIRE(task.clusters.size() == 20);
  for (std::size_t i = 0; i < task.clusters.size(); ++i) {
    CHECK(task.clusters[i].stratum == (i % 4 > 0 ? -1 : 1));
  }
  CHECK(has_note(plan, "no question has both \"-\" and \"+\""));
}

TEST_CASE("a long answer is cut to whole characters of its column",
          "[runner][behaviour_input]") {
  jobs::Behaviour behaviour;
  std::string longer = "x";
  for (int i = 0; i < 20; ++i) longer += "\u00e9";
  behaviour.answers = {longer, "y"};
  const auto row = behaviour_row(0, {}, behaviour, "");
  CHECK(row.answer_first.str() == longer.substr(0, 31));
  CHECK(row.answer_second.str() == "y");
}

TEST_CASE("lines grouped by a key are clusters by it",
          "[runner][behaviour_input]") {
  auto lines = words(90);
  const Plan plan = plan_of(lines, "group = \"topic\"");
  const storage::BehaviourRow& row = plan.tables.behaviours.at(0);
  CHECK(row.train_clusters == 3);
  CHECK(row.test_clusters == 1);
  for (const storage::ItemRow& item : plan.tables.items) {
    CHECK(item.cluster == item.line % 4);
  }
  // Nothing else of results says which line is of which group.
  const Plan line = plan_of(lines, "group = \"topic\"\nsplit = \"line\"");
  lines[0] = line_of("No. 0", "+", "-", "topic 3");
  CHECK(contents_of(line, {}) !=
        contents_of(plan_of(lines, "group = \"topic\"\nsplit = \"line\""), {}));
  lines[5] = line_of("No. 5", "+", "-");
  CHECK_THROWS_WITH(plan_of(lines, "group = \"topic\""),
                    Catch::Contains("data.jsonl:6: topic: no such key"));
  CHECK_THROWS_WITH(plan_of(lines, "group = \"topik\""),
                    Catch::Contains("data.jsonl:1: topik: no such key") &&
                        Catch::Contains("\"topic\""));
}

TEST_CASE("by line data have the cells that they always had",
          "[runner][behaviour_input]") {
  // As a program made them that knew no other split: the vectors of words and
  // letters at both layers, and the first steered item of the words.
  const Plan plan = Toy().plan();
  const storage::Results tables = tests::blank_results(plan);
  const auto cells = plan.cells.rows();
  const auto key = [&](std::int64_t cell) {
    const auto& row = cells.at(static_cast<std::size_t>(cell));
    return hex(storage::Key{row.key_high, row.key_low});
  };
  std::vector<std::string> vectors;
  for (const auto& row : tables.vectors) vectors.push_back(key(row.cell));
  CHECK(vectors ==
        std::vector<std::string>{"e5de72f81437e8e86732d823aa582d2c",
                                 "a2727c096efb3ecec119a2bd28440802",
                                 "059dfacc13149ae91f3512da846d70fd",
                                 "e7194a30e36e71ddbf6782f978cc8d35"});
  CHECK(key(tables.propensity.at(0).cell) ==
        "1b79cec12a635e75af6500089688da3c");
}

TEST_CASE("more data move no line from training into test",
          "[runner][behaviour_input]") {
  // Sides by line, of data with the first so many pairs of words.
  const auto sides = [](int n, const std::string& keys) {
    std::vector<std::string> lines;
    for (int i = 0; i < 90; ++i) {
      if (i % 9 < n) lines.push_back(words(90)[static_cast<std::size_t>(i)]);
    }
    const Plan plan = plan_of(lines, keys);
    std::map<std::string, int> out;
    for (const storage::ItemRow& item : plan.tables.items) {
      out[lines[static_cast<std::size_t>(item.line)]] = item.split;
    }
    CHECK(out.size() == lines.size());
    return out;
  };
  constexpr int kTest = static_cast<int>(Split::test);
  for (const bool share : {false, true}) {
    const std::string keys = share ? "test_share = 0.66" : "test_clusters = 2";
    std::map<std::string, int> before = sides(4, keys);
    for (int n = 5; n <= 9; ++n) {
      INFO(keys << ", " << n << " pairs of words");
      const auto after = sides(n, keys);
      for (const auto& [line, side] : before) {
        if (share || side != kTest) CHECK(after.at(line) == side);
      }
      before = after;
    }
  }
}

TEST_CASE("data of one cluster are refused with what to do",
          "[runner][behaviour_input]") {
  std::vector<std::string> lines;
  for (int i = 0; i < 60; ++i) {
    lines.push_back(line_of("No. " + std::to_string(i), "+", "-"));
  }
  try {
    plan_of(lines, "test_items = 40");
    FAIL("not refused");
  } catch (const ProgramError& error) {
    CHECK(error.code() == ExitCode::bad_data);
    CHECK_THAT(error.what(),
               Catch::Contains("data.jsonl: split: 1 cluster, expected") &&
                   Catch::Contains("split = \"line\""));
  }
  const Plan plan = plan_of(lines, "test_items = 40\nsplit = \"line\"");
  CHECK(plan.tables.behaviours.at(0).test_clusters == 1);
  CHECK(plan.tables.items.at(0).matching_answer == 0);
}
