// Decompositions that others are held against, each by its definition.

#include <ATen/ATen.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "jobs/decomposition/method.hpp"
#include "jobs/decomposition/rotation.hpp"
#include "jobs/decomposition/sae_dictionary.hpp"
#include "jobs/task/decompose_result.hpp"
#include "jobs/task/job_error.hpp"
#include "tests/support/toy_decomposition.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

constexpr storage::Key kKey{7, 11};

// One decomposition of the first behaviour's vector, and its parts.
struct Made {
  at::Tensor codes;           // [d_sae] float64, of unit rows
  at::Tensor reconstruction;  // [d_in]
  at::Tensor parts;           // [n, d_in]
};

class Fixture : public tests::ToyDecomposition {
 public:
  Made make(const DecompositionRequest& request,
            const std::vector<PartRequest>& parts = {}) const {
    DecomposeTask one = task;
    one.requests = {request};
    one.parts = parts;
    const storage::ArrayMap result = decompose(one, inputs, sae).result;
    Made made{at::zeros({16}, at::kDouble),
              to_tensor(result.at("reconstructions"))[0].to(at::kDouble),
              to_tensor(result.at("parts")).to(at::kDouble)};
    const auto features = storage::integers(result.at("features"));
    const at::Tensor values = to_tensor(result.at("values"));
    for (std::size_t i = 0; i < features.size(); ++i) {
      made.codes[features[i]] = values[static_cast<std::int64_t>(i)];
    }
    return made;
  }
  DecompositionRequest of(const char* method, double k, int draw,
                          const storage::Key& key = {},
                          std::vector<std::int64_t> features = {}) const {
    return {0, method, k, 1, true, false, draw, key, std::move(features)};
  }
  at::Tensor rows() const {
    const SaeDictionary atoms(sae.W_dec);
    std::vector<std::int64_t> all(16);
    for (std::int64_t j = 0; j < 16; ++j) all[static_cast<std::size_t>(j)] = j;
    return atoms.atoms(all);
  }
};

std::set<std::int64_t> support(const at::Tensor& codes) {
  std::set<std::int64_t> features;
  for (std::int64_t j = 0; j < codes.size(0); ++j) {
    if (codes[j].item<double>() != 0) features.insert(j);
  }
  return features;
}

double cosine(const at::Tensor& a, const at::Tensor& b) {
  return (a.dot(b) / (a.norm() * b.norm())).item<double>();
}

// What is left of v is orthogonal to the rows in use.
double largest_overlap(const at::Tensor& rows, const Made& made,
                       const at::Tensor& v) {
  const at::Tensor rest = v - made.reconstruction;
  double largest = 0;
  for (const std::int64_t j : support(made.codes)) {
    largest = std::max(largest, std::abs(rows[j].dot(rest).item<double>()));
  }
  return largest;
}

}  // namespace

TEST_CASE("a rotation keeps lengths and angles, and is turned back",
          "[jobs][chosen_supports]") {
  at::manual_seed(1);
  const Rotation rotation(kKey, 12);
  const at::Tensor x = at::randn({5, 12}, at::kDouble);
  const at::Tensor turned = rotation.turn(x);
  CHECK(at::allclose(turned.mm(turned.t()), x.mm(x.t()), 0, 1e-12));
  CHECK(at::allclose(rotation.turn_back(turned), x, 0, 1e-12));
  CHECK_FALSE(at::allclose(turned, x, 0, 0.1));
  CHECK(at::equal(Rotation(kKey, 12).turn(x), turned));
  CHECK_FALSE(at::allclose(Rotation({7, 12000}, 12).turn(x), turned, 0, 0.1));
  // Of one dimension there are two.
  const at::Tensor one = at::full({1, 1}, 3.0, at::kDouble);
  CHECK(std::abs(Rotation(kKey, 1).turn(one).item<double>()) == Approx(3));
}

TEST_CASE("rotations are uniform: entries of mean 0 and variance 1 / d",
          "[jobs][chosen_supports]") {
  constexpr std::int64_t d = 6;
  constexpr int n = 2000;
  at::Tensor sum = at::zeros({d, d}, at::kDouble);
  at::Tensor squares = at::zeros({d, d}, at::kDouble);
  at::Tensor fourth = at::zeros({d, d}, at::kDouble);
  const at::Tensor identity = at::eye(d, at::kDouble);
  for (std::uint64_t i = 0; i < n; ++i) {
    const at::Tensor q = Rotation({i, 100 * i}, d).turn(identity);
    sum += q;
    squares += q * q;
    fourth += q * q * q * q;
  }
  CHECK((sum / n).abs().max().item<double>() < 0.05);
  CHECK((squares / n - 1.0 / d).abs().max().item<double>() < 0.03);
  // E x^4 of a coordinate of a unit vector: 3 / (d (d + 2)).
  CHECK((fourth / n - 3.0 / (d * (d + 2))).abs().max().item<double>() < 0.015);
}

TEST_CASE("random supports are least squares on drawn rows, nested",
          "[jobs][chosen_supports]") {
  const Fixture f;
  const Made three = f.make(f.of("random-support", 3, 0, kKey));
  const Made five = f.make(f.of("random-support", 5, 0, kKey));
  CHECK(support(three.codes).size() == 3);
  CHECK(support(five.codes).size() == 5);
  for (const std::int64_t j : support(three.codes)) {
    CHECK(support(five.codes).contains(j));
  }
  CHECK(largest_overlap(f.rows(), three, f.v(0)) < 1e-5);
  const Made other = f.make(f.of("random-support", 3, 1, {8, 12}));
  CHECK(support(other.codes) != support(three.codes));
}

TEST_CASE("random rows are added until they come as near as pursuit",
          "[jobs][chosen_supports]") {
  const Fixture f;
  const Made omp = f.make(f.of("omp", 2, -1));
  const Made drawn = f.make(f.of("random-cosine", 2, 0, kKey));
  const double enough = cosine(omp.reconstruction, f.v(0));
  CHECK(cosine(drawn.reconstruction, f.v(0)) >= enough - 1e-6);
  // One row less is not as near.
  const auto n = static_cast<double>(support(drawn.codes).size());
  REQUIRE(n > 2);
  const Made fewer = f.make(f.of("random-support", n - 1, 0, kKey));
  CHECK(cosine(fewer.reconstruction, f.v(0)) < enough);
  const Made same = f.make(f.of("random-support", n, 0, kKey));
  CHECK(at::allclose(same.reconstruction, drawn.reconstruction, 1e-5, 1e-6));
}

TEST_CASE("disjoint pursuits share no atom with the first or each other",
          "[jobs][chosen_supports]") {
  const Fixture f;
  const Made omp = f.make(f.of("omp", 3, -1));
  const Made first = f.make(f.of("disjoint", 3, 0));
  const Made second = f.make(f.of("disjoint", 3, 1));
  std::set<std::int64_t> all = support(omp.codes);
  all.merge(support(first.codes));
  all.merge(support(second.codes));
  CHECK(all.size() == 9);
  CHECK(largest_overlap(f.rows(), second, f.v(0)) < 1e-5);
  // Each does its best with what is left.
  const at::Tensor on = f.rows().mv(f.v(0)).abs();
  double best = 0;
  for (std::int64_t j = 0; j < 16; ++j) {
    if (support(omp.codes).contains(j)) continue;
    best = std::max(best, on[j].item<double>());
  }
  double own = 0;
  for (const std::int64_t j : support(first.codes)) {
    own = std::max(own, on[j].item<double>());
  }
  CHECK(own == Approx(best));
}

TEST_CASE("with rows turned the pursuit is that of a turned dictionary",
          "[jobs][chosen_supports]") {
  const Fixture f;
  const Made turned = f.make(f.of("rotated", 3, 0, kKey),
                             {{0, Part::all, -1}, {0, Part::first, 3}});
  // By hand: rows U Q^T of the dictionary, against v itself.
  const Rotation rotation(kKey, 8);
  const at::Tensor rows = rotation.turn_back(f.rows());
  CHECK(support(turned.codes).size() == 3);
  CHECK(largest_overlap(rows, turned, f.v(0)) < 1e-5);
  at::Tensor sum = at::zeros({8}, at::kDouble);
  for (const std::int64_t j : support(turned.codes)) {
    sum += turned.codes[j] * rows[j];
  }
  CHECK(at::allclose(sum, turned.reconstruction, 1e-5, 1e-6));
  CHECK(at::allclose(turned.parts[0], turned.reconstruction, 1e-5, 1e-6));
  CHECK(at::allclose(turned.parts[1], turned.reconstruction, 1e-5, 1e-6));
}

TEST_CASE("a support that is named is fitted, and what is not there refused",
          "[jobs][chosen_supports]") {
  const Fixture f;
  const Made named = f.make(f.of("support", 2, 0, {}, {3, 12}));
  CHECK(support(named.codes) == std::set<std::int64_t>{3, 12});
  CHECK(largest_overlap(f.rows(), named, f.v(0)) < 1e-5);
  const MethodTraits& traits = traits_of("support");
  CHECK(traits.asked_by != nullptr);
  CHECK_THROWS_WITH(method_choice("support:3"), Catch::Contains("[[support]]"));
}

TEST_CASE("off an atom a vector is orthogonal to its decoder row",
          "[jobs][chosen_supports]") {
  const Fixture f;
  const Made made = f.make(
      f.of("omp", 3, -1),
      {{0, Part::atom, 1}, {0, Part::off_atom, 1}, {0, Part::off_atom, 100}});
  const at::Tensor atom = made.parts[0], off = made.parts[1];
  CHECK(std::abs(cosine(atom, off)) < 1e-6);
  const at::Tensor unit = atom / atom.norm();
  CHECK(at::allclose(off, f.v(0) - f.v(0).dot(unit) * unit, 1e-5, 1e-5));
  // Where there are fewer atoms it is the vector.
  CHECK(at::allclose(made.parts[2], f.v(0), 1e-5, 1e-6));
}
