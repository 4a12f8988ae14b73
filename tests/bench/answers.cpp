// How often answers claim what is not there, and what is: 1,000 results of each
// kind, two behaviours at two layers with an SAE each, eight clusters, five
// directions of two kinds of noise (tests/support/simulated_answers.hpp). A
// result counts once, however many of its sentences are wrong.

#include <array>
#include <cstdio>
#include <thread>
#include <vector>

#include "tests/support/simulated_answers.hpp"

using coxswain::tests::ClaimCounts;
using coxswain::tests::PlantedSlopes;

namespace {

constexpr int kResults = 1000;

// A row of the table: what is planted, and what of the claims is false.
struct Row {
  const char* what;
  PlantedSlopes planted;
};

constexpr std::array kRows = {
    Row{"nothing", {}},
    Row{"the vector alone", {.original = 4}},
    Row{"all keep alike",
        {.original = 4,
         .encode = 3,
         .encode_minus_zero = 3,
         .omp = 3,
         .omp_positive = 3}},
    Row{"outside the SAE's distribution",
        {.original = 4,
         .encode_minus_zero = 3.5,
         .omp = 3.5,
         .omp_positive = 3.5}},
    Row{"signs",
        {.original = 4, .encode = 3, .encode_minus_zero = 3, .omp = 3.5}},
    Row{"signs of codes", {.original = 4, .signs = 9}},
    Row{"codes of its own", {.original = 4, .code = 20}},
};

}  // namespace

int main() {
  std::vector<ClaimCounts> counts(kRows.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    threads.emplace_back([&counts, i] {
      counts[i] = coxswain::tests::count_claims(kRows[i].planted, kResults);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::printf(
      "| planted | steers | keeps | differs | distribution | signs |\n"
      "|---|---|---|---|---|---|\n");
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    const ClaimCounts& one = counts[i];
    std::printf("| %s | %d | %d | %d | %d | %d |\n", kRows[i].what, one.steers,
                one.keeps, one.differs, one.distribution, one.signs);
  }
  return 0;
}
