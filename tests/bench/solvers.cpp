// solvers D_SAE D_IN VECTORS THREADS METHOD... [--write FOLDER]: how long the
// solvers take on a dictionary of random unit rows, and what they reach. METHOD
// is omp:K, nnls, lasso:X or lasso-positive:X. Half of the vectors are 64
// planted atoms and noise, half are dense. FOLDER takes decoder, vectors and
// objectives, for race_solvers.py.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "jobs/decomposition/lasso.hpp"
#include "jobs/decomposition/matching_pursuit.hpp"
#include "jobs/decomposition/non_negative_least_squares.hpp"
#include "jobs/decomposition/sae_dictionary.hpp"
#include "jobs/device/device.hpp"
#include "tests/support/seconds_of.hpp"

using namespace coxswain;
using tests::seconds_of;

namespace {

constexpr std::int64_t kPlanted = 64;

at::Tensor random_vectors(const at::Tensor& decoder, std::int64_t n) {
  at::Tensor vectors = at::randn({n, decoder.size(1)}, at::kDouble);
  vectors.div_(vectors.norm(2, 1, true));
  for (std::int64_t i = 0; i < n; i += 2) {
    const at::Tensor atoms =
        at::randint(decoder.size(0), {kPlanted}, at::kLong);
    const at::Tensor w = at::randn({kPlanted}, at::kDouble);
    const at::Tensor planted =
        at::mv(decoder.index_select(0, atoms).to(at::kDouble).t(), w);
    vectors[i].mul_(0.1).add_(planted / planted.norm());
  }
  return vectors;
}

struct Solved {
  at::Tensor codes;
  at::Tensor lambda;  // undefined without a penalty
};

Solved solve(const jobs::Dictionary& U, const at::Tensor& v,
             const std::string& method) {
  const std::size_t colon = method.find(':');
  const double x =
      colon == std::string::npos ? 0 : std::atof(method.c_str() + colon + 1);
  const std::string name = method.substr(0, colon);
  if (name == "omp") {
    return {jobs::matching_pursuit(U, v, std::lround(x), 1e-10).codes, {}};
  }
  if (name == "nnls") return {jobs::non_negative_least_squares(U, v), {}};
  const jobs::Lasso fit = jobs::lasso(
      U, v, x, name == "lasso" ? jobs::Signs::both : jobs::Signs::positive);
  return {fit.codes, fit.lambda};
}

void write(const std::string& path, const at::Tensor& values) {
  const at::Tensor dense = values.contiguous();
  std::ofstream(path, std::ios::binary)
      .write(static_cast<const char*>(dense.data_ptr()),
             static_cast<std::streamsize>(dense.nbytes()));
}

}  // namespace

int main(int count, char** words) {
  if (count < 6) {
    fmt::print(
        stderr,
        "solvers D_SAE D_IN VECTORS THREADS METHOD... [--write FOLDER]\n");
    return 1;
  }
  const at::NoGradGuard no_gradients;
  jobs::set_threads(std::atoi(words[4]));
  at::manual_seed(1);
  at::Tensor decoder =
      at::randn({std::atoll(words[1]), std::atoll(words[2])}, at::kFloat);
  decoder.div_(decoder.norm(2, 1, true));
  const at::Tensor vectors = random_vectors(decoder, std::atoll(words[3]));
  const jobs::SaeDictionary U(decoder);
  U.inverse_norms();
  std::vector<std::string> methods(words + 5, words + count);
  std::string folder;
  if (methods.size() > 2 && methods[methods.size() - 2] == "--write") {
    folder = methods.back();
    methods.resize(methods.size() - 2);
    write(folder + "/decoder.f32", decoder);
    write(folder + "/vectors.f64", vectors);
  }
  for (const std::string& method : methods) {
    Solved solved;
    const double seconds =
        seconds_of([&] { solved = solve(U, vectors, method); });
    const at::Tensor rest = vectors - U.combine(solved.codes);
    at::Tensor objective = rest.square().sum(1) / 2;
    if (solved.lambda.defined()) {
      objective.add_(solved.lambda * solved.codes.abs().sum(1));
      if (!folder.empty()) {
        write(folder + "/" + method + ".lambda.f64", solved.lambda);
      }
    }
    if (!folder.empty()) {
      write(folder + "/" + method + ".objective.f64", objective);
    }
    const at::Tensor atoms = solved.codes.ne(0).sum(1).to(at::kDouble);
    fmt::print(
        "{:<20} {:>9.2f} s  atoms {:.1f} to {:.1f}, mean objective "
        "{:.17g}\n",
        method, seconds, atoms.min().item<double>(), atoms.max().item<double>(),
        objective.mean().item<double>());
    std::fflush(stdout);
  }
  return 0;
}
