#include "runner/plan/behaviour_input.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

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
