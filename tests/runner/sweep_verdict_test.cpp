#include "runner/sweep/sweep_verdict.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "runner/stages/verdict_parts.hpp"
#include "tests/support/minimal_sweep.hpp"

using namespace coxswain;
using namespace coxswain::runner;

namespace {

// The minimal sweep with an SAE at its layer and more.
std::string with(const std::string& more) {
  return std::string(tests::kMinimalSweep) + R"(
[[sae]]
id = "s"
source = "s"
layer = 2
)" + more;
}

jobs::SaeHeader header(std::int64_t d_in) {
  jobs::SaeHeader header;
  header.d_in = d_in;
  header.d_sae = 4 * d_in;
  return header;
}

std::size_t count(const std::vector<WantedParts>& all, const char* method) {
  return static_cast<std::size_t>(std::ranges::count_if(
      all, [&](const WantedParts& one) { return one.method.name == method; }));
}

}  // namespace

TEST_CASE("an empty verdict asks for everything", "[runner][sweep_verdict]") {
  const Sweep sweep = tests::parse(with("[verdict]\n"));
  REQUIRE(sweep.verdict.has_value());
  CHECK(sweep.verdict->atoms == std::vector<int>{1, 2, 4, 8, 16, 32});
  // What it judges is decomposed.
  REQUIRE(sweep.decompose.methods.size() == 2);
  CHECK(jobs::spelling(sweep.decompose.methods[1]) == "omp:32");
  const auto parts = wanted_parts(sweep, sweep.saes.front(), header(576));
  CHECK(count(parts, "omp") == 1);
  CHECK(count(parts, "random-support") == 6 * 8);
  CHECK(count(parts, "random-cosine") == 6 * 4);
  CHECK(count(parts, "disjoint") == 2);
  CHECK(count(parts, "rotated") == 4);
  // first:K twice, without_first:K, the residual, and three parts of each atom.
  std::size_t variants = 0;
  for (const SteeredPart& one : parts.front().parts) {
    variants += one.norms.size();
  }
  CHECK(variants == 12 + 6 + 1 + 24);
  CHECK(sweep.effective.find("random_supports = 8") != std::string::npos);
}

TEST_CASE("a sweep without a verdict says nothing of it",
          "[runner][sweep_verdict]") {
  const Sweep sweep = tests::parse(with(""));
  CHECK(sweep.effective.find("verdict") == std::string::npos);
  CHECK(sweep.effective.find("support") == std::string::npos);
  CHECK(wanted_parts(sweep, sweep.saes.front(), header(576)).empty());
}

TEST_CASE("what is steered already is not steered again",
          "[runner][sweep_verdict]") {
  std::string text = with(R"(
[decompose]
methods = ["omp:4"]
[verdict]
atoms = [2, 4]
needed = 1
random_supports = 0
cosine_supports = 0
disjoint = 0
rotated = 0
)");
  const std::string steer = "[steer]\n";
  text.insert(text.find(steer) + steer.size(),
              "variants = [\"original\", \"reconstruction\"]\n"
              "parts = [\"all\", \"first:2\", \"atom:0\"]\n"
              "norm = [\"as-is\"]\n");
  const Sweep sweep = tests::parse(text);
  const auto parts = wanted_parts(sweep, sweep.saes.front(), header(576));
  REQUIRE(parts.size() == 1);
  for (const SteeredPart& one : parts.front().parts) {
    const bool first_two = one.part == PartChoice{jobs::Part::first, 2};
    CHECK(one.part != PartChoice{jobs::Part::atom, 0});
    if (first_two) CHECK(one.norms == std::vector{jobs::NormRule::equal});
  }
}

TEST_CASE("a verdict is refused where nothing could be judged",
          "[runner][sweep_verdict]") {
  CHECK_THAT(tests::refusal(with("[verdict]\natoms = []\n")),
             Catch::Contains("an empty array"));
  CHECK_THAT(tests::refusal(with("[verdict]\natoms = [4, 4]\n")),
             Catch::Contains("a value twice"));
  CHECK_THAT(tests::refusal(with("[verdict]\natoms = [0]\n")),
             Catch::Contains("from 1"));
  CHECK_THAT(tests::refusal(with("[verdict]\nmethods = [\"disjoint:3\"]\n")),
             Catch::Contains("[verdict] disjoint"));
  CHECK_THAT(tests::refusal(std::string(tests::kMinimalSweep) + "[verdict]\n"),
             Catch::Contains("no SAE"));
  const Sweep sweep = tests::parse(with("[verdict]\natoms = [33]\n"));
  CHECK_NOTHROW(wanted_parts(sweep, sweep.saes.front(), header(66)));
  CHECK_THROWS_WITH(wanted_parts(sweep, sweep.saes.front(), header(65)),
                    Catch::Contains("half of the 65 dimensions"));
}

TEST_CASE("named supports are features of an SAE, in a list or a file",
          "[runner][sweep_verdict]") {
  const Sweep sweep =
      tests::parse(with("[[support]]\nsae = \"s\"\nfeatures = [9, 4]\n"
                        "[[support]]\nsae = \"s\"\nfeatures = 7\n"));
  const auto parts = wanted_parts(sweep, sweep.saes.front(), header(64));
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].features == std::vector<std::int64_t>{4, 9});
  CHECK(jobs::spelling(parts[0].method) == "support:2");
  CHECK(parts[0].draw == 0);
  CHECK(parts[1].draw == 1);
  CHECK_THROWS_WITH(wanted_parts(sweep, sweep.saes.front(), header(2)),
                    Catch::Contains("less than 8, the features of SAE s"));
  CHECK_THAT(tests::refusal(with("[[support]]\nsae = \"t\"\nfeatures = [1]\n")),
             Catch::Contains("\"t\""));
  CHECK_THAT(
      tests::refusal(with("[[support]]\nsae = \"s\"\nfeatures = [1, 2]\n"
                          "[[support]]\nsae = \"s\"\nfeatures = [2, 1]\n")),
      Catch::Contains("each once"));
  CHECK_THAT(tests::refusal(
                 with("[[support]]\nsae = \"s\"\nfeatures = \"none.txt\"\n")),
             Catch::Contains("none.txt"));
}
