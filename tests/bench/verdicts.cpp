// How often verdicts on atoms are wrong, and what they find: simulated vectors
// of each kind, taken apart by the program's own decompositions, effects linear
// in what is added (tests/support/simulated_atoms.hpp), eight clusters.
//
//   bench_verdicts [N]   of each kind N, 200 unless said

#include <cstdio>
#include <cstdlib>

#include "tests/support/scratch.hpp"
#include "tests/support/simulated_atoms.hpp"

using namespace coxswain::tests;

int main(int argc, char** argv) {
  const int n = argc > 1 ? std::atoi(argv[1]) : 200;
  if (n < 1) {
    std::fprintf(stderr, "bench_verdicts [N]: N is a number from 1\n");
    return 2;
  }
  const Scratch scratch;
  const AtomSimulation simulation(scratch.file("sae"));
  std::printf(
      "Of %d vectors each: wrong claims, misses of 95 %% intervals, and what "
      "is "
      "said.\n\n"
      "| made of | K50 missed | K90 missed | enough, wrong | needed, wrong | "
      "unique, wrong | not unique, wrong | enough | unique | not unique | "
      "needed found of needed | Jaccard |\n"
      "|---|---|---|---|---|---|---|---|---|---|---|---|\n",
      n);
  for (const MadeOf made : {MadeOf::atoms, MadeOf::atoms_in_noise, MadeOf::edge,
                            MadeOf::twins, MadeOf::rest, MadeOf::dense}) {
    int half = 0, most = 0, enough = 0, needed = 0, unique = 0, not_unique = 0;
    int says_enough = 0, says_unique = 0, says_not_unique = 0;
    int found = 0, there = 0;
    double jaccard = 0;
    for (int seed = 0; seed < n; ++seed) {
      const AtomErrors one =
          errors_of(simulation.make(made, static_cast<std::uint64_t>(seed)));
      half += one.half_missed;
      most += one.most_missed;
      enough += one.enough;
      needed += one.needed;
      unique += one.unique;
      not_unique += one.not_unique;
      says_enough += one.says_enough;
      says_unique += one.says_unique;
      says_not_unique += one.says_not_unique;
      found += one.n_needed;
      there += one.n_truly_needed;
      jaccard += one.jaccard / n;
    }
    std::printf(
        "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d of %d | "
        "%.2f |\n",
        name_of(made), half, most, enough, needed, unique, not_unique,
        says_enough, says_unique, says_not_unique, found, there, jaccard);
    std::fflush(stdout);
  }
}
