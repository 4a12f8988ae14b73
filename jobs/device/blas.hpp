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

// While it lives OpenBLAS computes with one thread: LAPACK's products are cut
// by threads, and what comes out of them differs in its last bits. There is one
// at a time.
class OneBlasThread {
 public:
  OneBlasThread();
  ~OneBlasThread();
  OneBlasThread(const OneBlasThread&) = delete;
  OneBlasThread& operator=(const OneBlasThread&) = delete;

 private:
  int before_ = 0;
};

// OpenBLAS chooses when it is loaded: if others suit this processor better, the
// program starts anew with them, once. Nothing where somebody chose
// (OPENBLAS_CORETYPE) or there is no OpenBLAS. First of all in main(): what the
// process has done is lost; its environment stays as it was.
void start_with_better_blas(char** argv);

}  // namespace coxswain::jobs
