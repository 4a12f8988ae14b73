#pragma once

#include <string>

namespace coxswain::runner {

// Whether a path is of a file of vectors, and of no model or sweep.
bool names_vectors(const std::string& path);

// Prints what a file of vectors holds: names, layers, lengths, of which model.
// Throws ProgramError (bad_data) for one that can't be steered with.
void print_vectors(const std::string& path);

}  // namespace coxswain::runner
