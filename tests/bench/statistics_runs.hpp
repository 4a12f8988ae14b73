#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/simulated_clusters.hpp"

namespace coxswain::bench {

// Data sets of each number in a table.
constexpr int kSets = 10000;

// Calls do_cell(i) for every i below n, on all cores.
template <typename DoCell>
void for_all_cells(std::size_t n, const DoCell& do_cell) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < n; i = next++) do_cell(i);
  };
  std::vector<std::thread> threads;
  for (unsigned t = 1; t < std::thread::hardware_concurrency(); ++t) {
    threads.emplace_back(work);
  }
  work();
  for (std::thread& thread : threads) thread.join();
}

// Markdown.
void print_row(const std::vector<std::string>& cells);
void print_head(const std::string& title, const std::vector<std::string>& head);
std::string decimal(double value);                      // "0.5"
std::string percent(double share);                      // "94.9"
std::string percent_and_width(double share, double w);  // "94.9 (1.07)"

// The lowest shares of a column, of symmetric laws, the exponential and the
// lognormal one: "94.7 / 88.8 / 83.1".
class Lowest {
 public:
  explicit Lowest(std::size_t n_columns) : shares_(n_columns, {1, 1, 1}) {}
  void add(std::size_t column, tests::Law law, double share);
  // After the words of its beginning.
  std::vector<std::string> row(std::vector<std::string> beginning) const;

 private:
  std::vector<std::array<double, 3>> shares_;
};

// The bench's sections, in the order that they are printed.
void content_section();
void skewed_section();
void two_level_section();
void retained_section();
void family_section();
void noise_section();
void yes_no_section();

}  // namespace coxswain::bench
