// The solvers against the float64 values of the `decomposition` cases.

#include <ATen/ATen.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <iostream>
#include <map>

#include "jobs/decomposition/gradient_pursuit.hpp"
#include "jobs/decomposition/lasso.hpp"
#include "jobs/decomposition/least_squares.hpp"
#include "jobs/decomposition/matching_pursuit.hpp"
#include "jobs/decomposition/non_negative_least_squares.hpp"
#include "jobs/decomposition/ridge.hpp"
#include "jobs/decomposition/sae_dictionary.hpp"
#include "jobs/device/tensor_array.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/reference/reference.hpp"

using namespace coxswain;

namespace {

constexpr double kTolerance = 1e-9;  // of the array's maximum (SAES.md)

using Features = std::vector<std::vector<std::int64_t>>;

class Case {
 public:
  explicit Case(const std::filesystem::path& folder)
      : settings(tests::read_json(folder / "meta.json")),
        U(weights(folder)),
        vectors(jobs::to_tensor(storage::read_safetensors(
                                    (folder / "inputs.safetensors").string())
                                    .at("v"))
                    .to(at::kDouble)),
        name_(folder.filename().string()),
        expected_(storage::read_safetensors(
            (folder / "expected_f64.safetensors").string())) {}

  at::Tensor expected(const std::string& name) const {
    return jobs::to_tensor(expected_.at(name));
  }

  bool equal(const std::string& what, const at::Tensor& ours,
             const at::Tensor& theirs) const {
    const double scale = theirs.abs().max().item<double>();
    return tests::within(
        name_ + " " + what,
        (ours - theirs).abs().max().item<double>() / (scale > 0 ? scale : 1),
        kTolerance);
  }

  void check(const std::string& method, const at::Tensor& codes) const {
    CHECK(equal(method + " codes", codes, expected(method + "/codes")));
    check_reconstruction(method, codes);
  }

  void check_reconstruction(const std::string& method,
                            const at::Tensor& codes) const {
    CHECK(at::isfinite(codes).all().item<bool>());
    CHECK(equal(method + " recon", U.combine(codes),
                expected(method + "/recon")));
  }

  nlohmann::json settings;
  jobs::SaeDictionary U;
  at::Tensor vectors;

 private:
  static at::Tensor weights(const std::filesystem::path& folder) {
    return jobs::to_tensor(
        storage::read_safetensors(
            (folder / "sae/sae_weights.safetensors").string())
            .at("W_dec"));
  }

  std::string name_;
  storage::ArrayMap expected_;
};

// How the reference writes a number into the name of a method.
std::string text(const nlohmann::json& number) {
  const std::string whole = number.dump();
  return whole.ends_with(".0") ? whole.substr(0, whole.size() - 2) : whole;
}

// The rows of `table` [n, m], each without its negative entries.
Features rows(const at::Tensor& table) {
  Features found;
  for (const at::Tensor& row : table.unbind()) {
    const at::Tensor dense = row.contiguous();
    const auto* values = dense.data_ptr<std::int64_t>();
    found.emplace_back(values, values + dense.numel());
    std::erase(found.back(), -1);
  }
  return found;
}

void check_pursuits(const Case& c) {
  for (const auto& k : c.settings.at("omp_k")) {
    const jobs::Pursuit pursuit =
        jobs::matching_pursuit(c.U, c.vectors, k.get<std::int64_t>(), 1e-10);
    Features order = rows(c.expected("omp/support_order"));
    for (auto& atoms : order) {
      atoms.resize(std::min(atoms.size(), k.get<std::size_t>()));
    }
    CHECK(pursuit.order == order);
    c.check("omp_" + k.dump(), pursuit.codes);
  }
  const std::map<std::string, jobs::Signs> kinds = {
      {"signed", jobs::Signs::both}, {"clipped", jobs::Signs::positive}};
  for (const auto& [kind, signs] : kinds) {
    for (const auto& t : c.settings.at("grad_pursuit_iterations")) {
      c.check(
          "grad_pursuit_" + kind + "_" + t.dump(),
          jobs::gradient_pursuit(c.U, c.vectors, t.get<std::int64_t>(), signs));
    }
  }
}

void check_non_negative(const Case& c) {
  // More than twice as many atoms as dimensions: w is not unique.
  const at::Tensor codes = jobs::non_negative_least_squares(c.U, c.vectors);
  CHECK(codes.ge(0).all().item<bool>());
  c.check_reconstruction("nnls", codes);
  CHECK(c.equal("nnls residual", c.U.combine(codes), c.vectors));
  c.check("nnls_top24",
          jobs::non_negative_least_squares(
              c.U, c.vectors, rows(c.expected("nnls_top24/atoms"))));
}

void check_lasso(const Case& c) {
  const std::map<std::string, jobs::Signs> kinds = {
      {"signed", jobs::Signs::both}, {"positive", jobs::Signs::positive}};
  for (const auto& [kind, signs] : kinds) {
    for (const auto& fraction : c.settings.at("lasso_alpha_fractions")) {
      const std::string name = "lasso_" + kind + "_" + text(fraction);
      const jobs::Lasso fit =
          jobs::lasso(c.U, c.vectors, fraction.get<double>(), signs);
      CHECK(
          c.equal(name + " lambda", fit.lambda, c.expected(name + "/lambda")));
      c.check(name, fit.codes);
    }
  }
}

void check_least_squares(const Case& c) {
  Features support;
  for (const at::Tensor& row : c.expected("encode/codes").unbind()) {
    support.push_back(rows(row.gt(0).nonzero().t())[0]);
  }
  c.check("least_squares_on_encode_support",
          jobs::least_squares(c.U, c.vectors, support));
  for (const auto& rho : c.settings.at("ridge")) {
    c.check("ridge_" + text(rho),
            jobs::ridge(c.U, c.vectors, rho.get<double>()));
  }
}

}  // namespace

TEST_CASE("every solver gives the reference's codes", "[reference][solvers]") {
  int checked = 0;
  for (const auto& folder : tests::cases("decomposition", "meta.json")) {
    const Case c(folder);
    check_pursuits(c);
    check_non_negative(c);
    check_lasso(c);
    check_least_squares(c);
    ++checked;
  }
  std::cout << checked << " cases checked" << std::endl;
  CHECK(checked > 0);
}
