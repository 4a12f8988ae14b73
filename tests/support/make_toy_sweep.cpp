// make_toy_sweep FOLDER: a sweep for tests that run the program itself, and a
// wider model for those that sweep two.

#include "tests/support/toy_sweep.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  coxswain::tests::write_toy_sweep(argv[1]);
  coxswain::tests::write_wide_model(argv[1]);
  return 0;
}
