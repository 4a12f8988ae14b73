#pragma once

namespace coxswain::runner {

// Reads the command line and does what it asks for: the whole program. Returns
// its exit code; an error has been printed.
int run_program(int argc, char** argv);

}  // namespace coxswain::runner
