#include "jobs/device/blas.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "jobs/kernels/kernels.hpp"

namespace coxswain::jobs {
namespace {

constexpr const char* kChoice = "OPENBLAS_CORETYPE";
// Says that the choice is ours: children may run on other processors.
constexpr const char* kOurs = "COXSWAIN_BLAS_CHOSEN";

// What a function of OpenBLAS says; empty where it is not loaded.
std::string openblas(const char* function) {
  using Text = char* (*)();
  // NOLINTNEXTLINE: dlsym returns functions as void*
  auto* get = reinterpret_cast<Text>(dlsym(RTLD_DEFAULT, function));
  return get == nullptr ? "" : get();
}

void set_openblas_threads(int threads) {
  using Set = void (*)(int);
  // NOLINTNEXTLINE: dlsym returns functions as void*
  auto* set =
      reinterpret_cast<Set>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
  if (set != nullptr && threads > 0) set(threads);
}

int openblas_threads() {
  using Get = int (*)();
  // NOLINTNEXTLINE: dlsym returns functions as void*
  auto* get =
      reinterpret_cast<Get>(dlsym(RTLD_DEFAULT, "openblas_get_num_threads"));
  return get == nullptr ? 0 : get();
}

}  // namespace

OneBlasThread::OneBlasThread() : before_(openblas_threads()) {
  set_openblas_threads(1);
}

OneBlasThread::~OneBlasThread() { set_openblas_threads(before_); }

std::string blas_description() {
  const std::string config = openblas("openblas_get_config");
  return config.empty() ? "libtorch's own BLAS"
                        : config + " " + openblas("openblas_get_corename");
}

std::string better_blas_core(const std::string& core, bool avx2, bool avx512) {
  // What OpenBLAS takes a processor for that it does not know.
  if (core != "Prescott") return "";
  if (avx512) return "SkylakeX";
  return avx2 ? "Haswell" : "";
}

void start_with_better_blas(char** argv) {
  if (std::getenv(kOurs) != nullptr) {
    // Started anew: the choice is made, and children see the environment as it
    // was.
    ::unsetenv(kOurs);
    ::unsetenv(kChoice);
    return;
  }
  if (std::getenv(kChoice) != nullptr) return;
  const std::string_view ours = kernels().name;
  const std::string core =
      better_blas_core(openblas("openblas_get_corename"),
                       ours.starts_with("avx"), ours.starts_with("avx512"));
  if (core.empty()) return;
  ::setenv(kChoice, core.c_str(), 1);
  ::setenv(kOurs, "1", 1);
  ::execv("/proc/self/exe", argv);
  // exec returns where it fails: the slower kernels compute, too.
  ::unsetenv(kOurs);
  ::unsetenv(kChoice);
}

}  // namespace coxswain::jobs
