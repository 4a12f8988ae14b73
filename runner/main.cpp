#include "jobs/device/blas.hpp"
#include "jobs/device/device.hpp"
#include "runner/commands/command_line.hpp"

int main(int argc, char** argv) {
  coxswain::jobs::start_with_better_blas(argv);
  coxswain::jobs::prepare_environment();
  return coxswain::runner::run_program(argc, argv);
}
