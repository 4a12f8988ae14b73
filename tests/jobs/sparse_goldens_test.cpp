// The sparse solvers against scikit-learn and scipy (data/make/solvers.py), and
// what their bits may depend on.

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <map>

#include "jobs/decomposition/gradient_pursuit.hpp"
#include "jobs/decomposition/lasso.hpp"
#include "jobs/decomposition/matching_pursuit.hpp"
#include "jobs/decomposition/non_negative_least_squares.hpp"
#include "jobs/decomposition/ordered_sums.hpp"
#include "jobs/decomposition/sae_dictionary.hpp"
#include "jobs/decomposition/support.hpp"
#include "jobs/decomposition/working_set.hpp"
#include "jobs/device/device.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/task/numbers_error.hpp"
#include "storage/tensors/safetensors.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

constexpr double kTolerance = 1e-9;

double largest(const at::Tensor& x) { return x.abs().max().item<double>(); }

at::Tensor randn(std::int64_t seed, at::IntArrayRef shape) {
  at::manual_seed(static_cast<std::uint64_t>(seed));
  return at::randn(shape, at::kDouble);
}

// Unit rows in memory, whose passes sum in one order: what differs between two
// runs is then the solvers' own.
class PlainDictionary final : public Dictionary {
 public:
  explicit PlainDictionary(const at::Tensor& rows)
      : rows_((rows / rows.norm(2, 1, true)).contiguous()) {}
  std::int64_t d_in() const override { return rows_.size(1); }
  std::int64_t d_sae() const override { return rows_.size(0); }
  at::Tensor correlate(const at::Tensor& x) const override {
    const at::Tensor dense = x.contiguous();
    at::Tensor out = at::zeros({x.size(0), d_sae()}, at::kDouble);
    for (std::int64_t i = 0; i < x.size(0); ++i) {
      times_rows(rows_.data_ptr<double>(), d_sae(), d_in(),
                 dense.data_ptr<double>() + i * d_in(),
                 out.data_ptr<double>() + i * d_sae());
    }
    return out;
  }
  at::Tensor combine(const at::Tensor& w) const override {
    return at::mm(w, rows_);
  }
  at::Tensor atoms(const std::vector<std::int64_t>& features) const override {
    return rows_.index_select(0, at::tensor(features, at::kLong));
  }
  at::Tensor gram() const override { return at::mm(rows_.t(), rows_); }

 private:
  at::Tensor rows_;
};

// What the other libraries made of one decoder.
struct Golden {
  explicit Golden(const std::filesystem::path& path)
      : arrays(storage::read_safetensors(path.string())),
        U(of("decoder")),
        vectors(of("vectors")) {}

  at::Tensor of(const std::string& name) const {
    return to_tensor(arrays.at(name));
  }

  void check(const std::string& key, const at::Tensor& codes,
             const at::Tensor& penalty) const {
    INFO(key);
    const at::Tensor reconstruction = U.combine(codes);
    const at::Tensor theirs = of(key + ".reconstruction");
    CHECK(largest(reconstruction - theirs) < kTolerance * largest(theirs));
    const at::Tensor objective =
        (vectors - reconstruction).square().sum(1) / 2 + penalty;
    const at::Tensor expected = of(key + ".objective");
    // Of the vector's own square: NNLS may reach zero.
    const at::Tensor scale = vectors.square().sum(1) / 2;
    CHECK(
        ((objective - expected).abs() <= expected * kTolerance + scale * 1e-16)
            .all()
            .item<bool>());
  }

  storage::ArrayMap arrays;
  SaeDictionary U;
  at::Tensor vectors;
};

using Solver =
    std::function<at::Tensor(const Dictionary&, const at::Tensor& vectors)>;

const std::map<std::string, Solver>& solvers() {
  static const std::map<std::string, Solver> kSolvers = {
      {"matching pursuit",
       [](const Dictionary& U, const at::Tensor& v) {
         return matching_pursuit(U, v, 20, 1e-10).codes;
       }},
      {"gradient pursuit",
       [](const Dictionary& U, const at::Tensor& v) {
         return gradient_pursuit(U, v, 20, Signs::both);
       }},
      {"non-negative least squares",
       [](const Dictionary& U, const at::Tensor& v) {
         return non_negative_least_squares(U, v);
       }},
      {"lasso",
       [](const Dictionary& U, const at::Tensor& v) {
         return lasso(U, v, 0.02, Signs::both).codes;
       }},
      {"positive lasso", [](const Dictionary& U, const at::Tensor& v) {
         return lasso(U, v, 0.1, Signs::positive).codes;
       }}};
  return kSolvers;
}

}  // namespace

TEST_CASE("lasso, NNLS and pursuits reach what scikit-learn and scipy reach",
          "[jobs][sparse_goldens]") {
  int checked = 0;
  for (const auto& entry : std::filesystem::directory_iterator(
           COXSWAIN_SOURCE_DIR "/tests/data/solvers")) {
    INFO(entry.path());
    const Golden golden(entry.path());
    for (const auto& [kind, signs] : {std::pair{"lasso", Signs::both},
                                      {"lasso_positive", Signs::positive}}) {
      for (const auto& [text, fraction] :
           {std::pair{"0.3", 0.3}, {"0.1", 0.1}, {"0.02", 0.02}}) {
        const Lasso fit = lasso(golden.U, golden.vectors, fraction, signs);
        golden.check(std::string(kind) + "_" + text, fit.codes,
                     fit.lambda * fit.codes.abs().sum(1));
      }
    }
    const at::Tensor fitted =
        non_negative_least_squares(golden.U, golden.vectors);
    golden.check("nnls", fitted, at::zeros({fitted.size(0)}, at::kDouble));
    const at::Tensor theirs = golden.of("omp.codes");
    const auto most = std::min<std::int64_t>(6, golden.U.d_sae());
    CHECK(largest(matching_pursuit(golden.U,
                                   golden.vectors.narrow(0, 0, theirs.size(0)),
                                   most, 0)
                      .codes -
                  theirs) < kTolerance * largest(theirs));
    ++checked;
  }
  CHECK(checked == 5);
}

TEST_CASE("codes have the same bits at any number of threads, among any others",
          "[jobs][sparse_goldens]") {
  const PlainDictionary U(randn(1, {700, 150}));
  const at::Tensor vectors = randn(2, {7, 150});
  for (const auto& [name, solve] : solvers()) {
    INFO(name);
    set_threads(1);
    const at::Tensor codes = solve(U, vectors);
    for (const int threads : {1, 2, 3}) {
      set_threads(threads);
      CHECK(at::equal(solve(U, vectors), codes));
      CHECK(
          at::equal(solve(U, vectors.narrow(0, 2, 3)), codes.narrow(0, 2, 3)));
    }
    // Alone at one thread: beside no other, products may use all threads.
    set_threads(1);
    CHECK(at::equal(solve(U, vectors.narrow(0, 4, 1)), codes.narrow(0, 4, 1)));
  }
}

TEST_CASE("a duality gap bounds how far an objective is from its optimum",
          "[jobs][sparse_goldens]") {
  const SaeDictionary U(randn(1, {80, 20}));
  const at::Tensor v = randn(2, {1, 20});
  const Lasso fit = lasso(U, v, 0.2, Signs::both);
  const double lambda = fit.lambda[0].item<double>();
  const auto gap_of = [&](const at::Tensor& codes) {
    const at::Tensor rest = v - U.combine(codes);
    return duality_gap(v[0].contiguous(), rest[0].contiguous(), lambda,
                       codes.abs().sum().item<double>(),
                       largest(U.correlate(rest)));
  };
  const auto objective_of = [&](const at::Tensor& codes) {
    return (v - U.combine(codes)).square().sum().item<double>() / 2 +
           lambda * codes.abs().sum().item<double>();
  };
  const double optimum = objective_of(fit.codes);
  CHECK(std::abs(gap_of(fit.codes)) < 1e-12 * optimum);
  for (const double off : {0.01, 0.1, 1.0}) {
    const at::Tensor codes = fit.codes * (1 + off);
    CHECK(gap_of(codes) >= objective_of(codes) - optimum);
    CHECK(gap_of(codes) < 100 * (off + off * off) * optimum);
  }
}

TEST_CASE("a support is the same, whether atoms come one by one or together",
          "[jobs][sparse_goldens]") {
  // Several panels of the factor, and dependent atoms in each.
  at::Tensor rows = randn(3, {130, 140});
  for (const std::int64_t twin : {20, 60, 129}) rows[twin] = rows[twin - 7];
  rows[100] = rows[3] + rows[55] - rows[99];
  const at::Tensor atoms = rows / rows.norm(2, 1, true);
  Support together(140), singly(140);
  const std::vector<bool> taken = together.append(atoms);
  for (std::int64_t i = 0; i < atoms.size(0); ++i) {
    const bool dependent = i == 20 || i == 60 || i == 129 || i == 100;
    CHECK(taken[static_cast<std::size_t>(i)] != dependent);
    CHECK(singly.append(atoms.narrow(0, i, 1))[0] != dependent);
  }
  CHECK(together.size() == 126);
  for (const std::int64_t position : {125, 70, 3, 0}) {
    together.remove(position);
    singly.remove(position);
  }
  const at::Tensor v = randn(4, {140});
  for (const double shift : {0.0, 0.1}) {
    const Support::Fit fit = together.fit(v, shift);
    CHECK(largest(fit.w - singly.fit(v, shift).w) < 1e-12);
    CHECK(largest(together.products(fit.rest) - shift) < 1e-12);
  }
}

TEST_CASE("what no certificate covers is an error that says what was reached",
          "[jobs][sparse_goldens]") {
  // Passes that never agree: slopes say one thing, atoms another.
  class Inconsistent final : public Dictionary {
   public:
    std::int64_t d_in() const override { return 4; }
    std::int64_t d_sae() const override { return 6; }
    at::Tensor correlate(const at::Tensor& x) const override {
      return at::ones({x.size(0), 6}, at::kDouble);
    }
    at::Tensor combine(const at::Tensor& w) const override {
      return at::zeros({w.size(0), 4}, at::kDouble);
    }
    at::Tensor atoms(const std::vector<std::int64_t>& f) const override {
      return at::zeros({std::ssize(f), 4}, at::kDouble);
    }
    at::Tensor gram() const override { return at::eye(4, at::kDouble); }
  };
  const at::Tensor v = randn(1, {1, 4});
  CHECK_THROWS_AS(lasso(Inconsistent(), v, 0.1, Signs::both), NumbersError);
  CHECK_THROWS_AS(non_negative_least_squares(Inconsistent(), v), NumbersError);
}
