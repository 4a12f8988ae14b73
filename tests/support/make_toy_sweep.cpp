// make_toy_sweep FOLDER: a sweep for tests that run the program itself.

#include "tests/support/toy_sweep.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  coxswain::tests::write_toy_sweep(argv[1]);
  return 0;
}
