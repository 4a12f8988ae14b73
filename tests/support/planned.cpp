#include "tests/support/planned.hpp"

#include "runner/stages/seal.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::tests {

storage::Results blank_results(const runner::Plan& plan) {
  return runner::fill_results(plan, {}, storage::RunDirectory("none"));
}

}  // namespace coxswain::tests
