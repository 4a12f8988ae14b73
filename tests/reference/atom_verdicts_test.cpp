// Verdicts on simulated atoms, whose truth is known: few of each kind; more are
// counted by bench_verdicts.

#include <catch2/catch.hpp>

#include "tests/support/scratch.hpp"
#include "tests/support/simulated_atoms.hpp"

using namespace coxswain::tests;

namespace {

struct Counts {
  int missed = 0, wrong = 0, enough = 0, unique = 0;
  double jaccard = 0;
  int needed = 0, truly_needed = 0;
};

Counts count(MadeOf made, int n) {
  const Scratch scratch;
  const AtomSimulation simulation(scratch.file("sae"));
  Counts counts;
  for (int seed = 0; seed < n; ++seed) {
    const AtomErrors one =
        errors_of(simulation.make(made, static_cast<std::uint64_t>(seed)));
    counts.missed += one.half_missed + one.most_missed;
    counts.wrong += one.enough + one.needed + one.unique + one.not_unique;
    counts.enough += one.says_enough;
    counts.unique += one.says_unique;
    counts.jaccard += one.jaccard / n;
    counts.needed += one.n_needed;
    counts.truly_needed += one.n_truly_needed;
  }
  return counts;
}

}  // namespace

TEST_CASE("eight planted atoms are found, enough, needed and the only ones",
          "[reference][atom_verdicts]") {
  const Counts counts = count(MadeOf::atoms, 20);
  CHECK(counts.jaccard > 0.99);
  CHECK(counts.enough >= 18);
  CHECK(counts.unique >= 15);
  CHECK(counts.needed >= counts.truly_needed / 2);
  CHECK(counts.missed <= 3);
  CHECK(counts.wrong <= 2);
}

TEST_CASE("few atoms are not said to carry what lies in the rest of the space",
          "[reference][atom_verdicts]") {
  const Counts counts = count(MadeOf::rest, 20);
  CHECK(counts.unique == 0);
  CHECK(counts.missed <= 3);
  CHECK(counts.wrong <= 2);
}
