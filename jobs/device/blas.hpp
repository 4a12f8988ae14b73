#pragma once

#include <string>

namespace coxswain::jobs {

// The library behind least squares and eigenvectors, and the kernels that it
// chose.
std::string blas_description();

// The kernels (OPENBLAS_CORETYPE) that suit a processor better than those that
// OpenBLAS chose, `core`; empty if there are none. It takes processors that are
// newer than itself for the oldest of all.
std::string better_blas_core(const std::string& core, bool avx2, bool avx512);

// OpenBLAS chooses when it is loaded: if others suit this processor better, the
// program starts anew with them, once. Nothing where somebody chose
// (OPENBLAS_CORETYPE) or there is no OpenBLAS. First of all in main(): what the
// process has done is lost; its environment stays as it was.
void start_with_better_blas(char** argv);

}  // namespace coxswain::jobs
