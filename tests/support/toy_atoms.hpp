#pragma once

#include <vector>

#include "storage/results/results_file.hpp"

namespace coxswain::tests {

// Slopes of what a verdict is made of; the vector's own is 1.
struct ToyAtoms {
  std::vector<double> first = {0.3, 0.6, 0.95};   // of 1, 2 and 4 atoms
  std::vector<double> random = {0.1, 0.15, 0.2};  // of each draw, by number
  double random_of_two = 0;  // what those of two atoms have more
  std::vector<double> disjoint = {0.05, 0.1, 0.2};     // of each number
  std::vector<double> single = {0.3, 0.3, 0.2, 0.15};  // of each atom
  std::vector<double> minus = {0.7, 0.7, 0.95, 1};     // the vector without it
  double spread = 0.05;  // of clusters around these
};

// toy_steered() with the vector of "kind" at layer 3, which steers, taken apart
// into features 8, 7, 6 and 5 by omp:4 of the SAE "early", three draws of
// random supports for each number of atoms, and a disjoint support; lengths as
// they are.
storage::Results toy_atoms(const ToyAtoms& atoms = {});

}  // namespace coxswain::tests
