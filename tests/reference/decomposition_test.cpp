// Every decomposition method, as a task runs it, against the reference's
// float64.

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <iostream>
#include <map>

#include "jobs/decomposition/code_differences.hpp"
#include "jobs/decomposition/measures.hpp"
#include "jobs/decomposition/method.hpp"
#include "jobs/decomposition/sae_dictionary.hpp"
#include "jobs/device/tensor_array.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/reference/reference.hpp"
#include "tests/support/columns.hpp"

using namespace coxswain;

namespace {

using jobs::decompose_result::Difference;
using jobs::decompose_result::Measures;

struct Named {
  std::string reference;  // its name there
  jobs::MethodChoice choice;
  double scale = 1;
  int b_dec_input = -1;  // -1: the SAE's own
  bool of_zero = false;
};

std::string trimmed(double number) {
  std::ostringstream out;
  out << number;
  return out.str();
}

std::vector<Named> methods(const nlohmann::json& meta) {
  std::vector<Named> all{
      {"encode", {"encode", 0}},
      {"encode_zero", {"encode", 0}, 1, -1, true},
      {"encode_minus_zero", {"encode-minus-zero", 0}},
      {"encode_b_dec_on", {"encode", 0}, 1, 1},
      {"encode_b_dec_off", {"encode", 0}, 1, 0},
      {"encode_zero_b_dec_on", {"encode", 0}, 1, 1, true},
      {"encode_zero_b_dec_off", {"encode", 0}, 1, 0, true},
      {"encode_bias_free", {"encode-bias-free", 0}},
      {"encode_norm_matched", {"encode-norm-matched", 0}},
      {"encode_norm_matched_mean_of_norms", {"encode-mean-norm", 0}},
      {"encode_default_components", {"encode-around-mean", 0}},
      {"mean_code_difference", {"code-difference", 0}},
      {"nnls", {"nnls", 0}},
      {"nnls_top24", {"nnls", 24}},
      {"least_squares_on_encode_support", {"least-squares", 0}}};
  const auto add = [&](const char* key, const std::string& theirs,
                       const std::string& ours) {
    for (const double value : meta.at(key)) {
      all.push_back({theirs + trimmed(value), {ours, value}});
    }
  };
  for (const double scale : meta.at("scales")) {
    all.push_back({"encode_scale_" + trimmed(scale), {"encode", 0}, scale});
  }
  add("omp_k", "omp_", "omp");
  add("grad_pursuit_iterations", "grad_pursuit_signed_", "pursuit");
  add("grad_pursuit_iterations", "grad_pursuit_clipped_", "pursuit-clipped");
  add("lasso_alpha_fractions", "lasso_positive_", "lasso-positive");
  add("lasso_alpha_fractions", "lasso_signed_", "lasso");
  add("ridge", "ridge_", "ridge");
  return all;
}

double relative(const at::Tensor& ours, const at::Tensor& theirs) {
  const at::Tensor there = theirs.isnan().logical_not();
  const at::Tensor difference = (ours.to(at::kDouble) - theirs.to(at::kDouble))
                                    .abs()
                                    .where(there, at::zeros({1}, at::kDouble));
  const double largest = theirs.to(at::kDouble)
                             .abs()
                             .where(there, at::zeros({1}, at::kDouble))
                             .max()
                             .item<double>();
  return difference.max().item<double>() / (largest == 0 ? 1 : largest);
}

class Case {
 public:
  Case(const std::filesystem::path& folder, at::ScalarType kind)
      : name_(folder.filename().string()),
        kind_(kind),
        meta_(tests::read_json(folder / "meta.json")),
        sae_(jobs::load_sae((folder / "sae").string(), {}, kind)),
        inputs_(storage::read_safetensors(
            (folder / "inputs.safetensors").string())),
        expected_(storage::read_safetensors(
            (folder / "expected_f64.safetensors").string())) {}

  int check() {
    int compared = 0;
    for (const Named& one : methods(meta_)) {
      if (!expected_.contains(one.reference + "/recon")) continue;
      compared += compare(one) ? 1 : 0;
    }
    compare_projections();
    compare_mean_codes();
    for (const int n : meta_.at("top_n")) compare_top(n);
    for (const auto& [what, worst] : worst_) {
      CHECK(tests::within(name_ + " " + what, worst, tolerance(what)));
    }
    return compared;
  }

 private:
  at::Tensor get(const storage::ArrayMap& from, const std::string& name) const {
    return jobs::to_tensor(from.at(name));
  }

  // float64: the reference's own distance from its formulae is 1e-13; where a
  // method solves something, 1e-9. float32: SAES.md.
  double tolerance(const std::string& what) const {
    if (kind_ == at::kDouble) return 1e-9;
    return what == "differences of codes" ? 6e-6 : 2e-6;
  }

  // A float32 solver's choices on rounding noise are its own.
  bool comparable(const Named& one) const {
    return kind_ == at::kDouble || !traits(one).largest;
  }
  static const jobs::MethodTraits& traits(const Named& one) {
    return jobs::traits_of(one.choice.name);
  }

  jobs::MethodCodes run(const Named& one, const at::Tensor& vectors) {
    jobs::MethodInput input;
    input.vectors = vectors;
    input.positive = get(inputs_, "a_plus").to(kind_);
    input.negative = get(inputs_, "a_minus").to(kind_);
    input.parameter = one.choice.parameter;
    input.b_dec_input =
        one.b_dec_input < 0 ? sae_.header.b_dec_input : one.b_dec_input == 1;
    const jobs::SaeDictionary atoms(sae_.W_dec);
    jobs::EncoderPass pass(sae_);
    const jobs::MethodContext context{sae_, atoms, pass};
    const auto finish =
        jobs::method_named(one.choice.name).begin(context, input);
    pass.run();
    return finish();
  }

  bool compare(const Named& one) {
    if (!comparable(one)) return false;
    at::Tensor v = get(inputs_, "v").to(kind_);
    v = one.of_zero ? at::zeros_like(v) : v * one.scale;
    const at::Tensor codes = run(one, v).codes;
    const at::Tensor theirs = get(expected_, one.reference + "/codes");
    const bool differs = one.reference == "encode_minus_zero" ||
                         one.reference == "encode_default_components" ||
                         one.reference == "mean_code_difference";
    const std::string family = differs ? "differences of codes"
                               : traits(one).largest == 0 ? "encodings"
                                                          : one.choice.name;
    INFO(name_ << " " << one.reference);
    // Any of many solutions where atoms are more than dimensions.
    const bool ambiguous = one.reference == "nnls";
    if (!ambiguous) {
      note(family, relative(codes, theirs));
      if (!differs && kind_ == at::kFloat) {
        CHECK(at::equal(codes.ne(0), theirs.ne(0)));
      }
    }
    const at::Tensor rows =
        traits(one).rows == jobs::CodeRows::unit
            ? jobs::SaeDictionary(sae_.W_dec).combine(codes.to(at::kDouble))
            : sae_.decode(codes.to(kind_), false).to(at::kDouble);
    note(family, relative(rows, get(expected_, one.reference + "/recon")));
    note(family, relative(rows + sae_.b_dec,
                          get(expected_, one.reference + "/recon_b_dec")));
    // The reference's metrics are always against v itself.
    const at::Tensor against = get(inputs_, "v").to(at::kDouble);
    compare_metrics(one, family, against, rows, "/metrics", codes);
    compare_metrics(one, family, against, rows + sae_.b_dec, "/metrics_b_dec",
                    codes);
    return true;
  }

  // cosine, |r| / |v|, explained variance, atoms, residual cosine.
  void compare_metrics(const Named& one, const std::string& family,
                       const at::Tensor& v, const at::Tensor& rebuilt,
                       const std::string& suffix, const at::Tensor& codes) {
    const double rounding = kind_ == at::kDouble ? 1e-9 : 1e-5;
    const auto ours = jobs::measure(v, rebuilt, rounding);
    const at::Tensor theirs =
        get(expected_, one.reference + suffix).to(at::kDouble);
    // Cosines and quotients of a residual that is rounding noise say nothing.
    const at::Tensor noise =
        (v - rebuilt).norm(2, {1}).le(1e-6 * v.norm(2, {1}));
    const at::Tensor residual =
        theirs.select(1, 4).masked_fill(noise, std::nan(""));
    const auto compare = [&](double Measures::*member, const at::Tensor& of) {
      note(family + " metrics", relative(tests::column(ours, member), of));
    };
    compare(&Measures::cosine, theirs.select(1, 0));
    compare(&Measures::norm_ratio, theirs.select(1, 1));
    compare(&Measures::explained_variance, theirs.select(1, 2));
    compare(&Measures::residual_cosine, residual);
    if (one.reference != "nnls") {
      CHECK(at::equal(codes.ne(0).sum(1).to(at::kDouble), theirs.select(1, 3)));
    }
  }

  void compare_projections() {
    const at::Tensor v = get(inputs_, "v").to(kind_);
    const at::Tensor on_encoder = run({"", {"encoder-projection", 0}}, v).codes;
    const at::Tensor on_decoder = run({"", {"decoder-projection", 0}}, v).codes;
    if (!expected_.contains("projection/encoder_raw")) return;
    note("encodings",
         relative(on_encoder, get(expected_, "projection/encoder_raw")));
    note("encodings",
         relative(on_decoder, get(expected_, "projection/decoder_unit")));
    note("encodings", relative(on_encoder / sae_.W_enc.column_norms(),
                               get(expected_, "projection/encoder_unit")));
    note("encodings", relative(sae_.W_dec.times_transposed(v),
                               get(expected_, "projection/decoder_raw")));
  }

  // Means over the activations, of codes and of themselves.
  void compare_mean_codes() {
    const at::Tensor plus = get(inputs_, "a_plus").to(kind_);
    const at::Tensor minus = get(inputs_, "a_minus").to(kind_);
    const bool subtract = sae_.header.b_dec_input;
    jobs::EncoderPass pass(sae_);
    const auto of_plus = pass.mean_code(plus, subtract);
    const auto of_minus = pass.mean_code(minus, subtract);
    const auto mean = [](const at::Tensor& x) {
      return x.to(at::kDouble).mean({0}, true);
    };
    const auto of_mean_plus = pass.encode(mean(plus).to(kind_), subtract);
    const auto of_mean_minus = pass.encode(mean(minus).to(kind_), subtract);
    pass.run();
    const auto expect = [&](const char* name, const at::Tensor& ours) {
      note("encodings",
           relative(ours, get(expected_, std::string("mean_codes/") + name)));
    };
    expect("plus", pass.result(of_plus)[0]);
    expect("minus", pass.result(of_minus)[0]);
    expect("code_of_mean_plus", pass.result(of_mean_plus)[0]);
    expect("code_of_mean_minus", pass.result(of_mean_minus)[0]);
    note("differences of codes",
         relative(pass.result(of_plus)[0] - pass.result(of_minus)[0],
                  get(expected_, "mean_codes/difference")));
    const at::Tensor both = (mean(plus) + mean(minus))[0] / 2;
    note("encodings", relative(both, get(expected_, "mean_activation")));
    note("encodings", relative(both.norm().view({1}),
                               get(expected_, "mean_activation_norm")));
    note("encodings", relative(at::cat({plus, minus})
                                   .to(at::kDouble)
                                   .norm(2, {1})
                                   .mean()
                                   .view({1}),
                               get(expected_, "mean_of_norms")));
  }

  // Table 2's ranking and counts, of each of the six vectors.
  void compare_top(int n) {
    const std::string top = "top" + std::to_string(n) + "/";
    const at::Tensor features = get(expected_, top + "features");
    const at::Tensor v = get(inputs_, "v").to(kind_);
    const auto nonzero =
        get(expected_, top + "nonzero_difference")[0].item<std::int64_t>();
    for (std::int64_t i = 0; i < v.size(0); ++i) {
      jobs::EncoderPass pass(sae_);
      jobs::CodeDifferences one(
          pass, sae_,
          {get(inputs_, "a_plus").to(kind_), get(inputs_, "a_minus").to(kind_)},
          v[i]);
      const auto on_encoder = pass.project(v.narrow(0, i, 1));
      pass.run();
      one.choose(n);
      // Ours never fills up with features of zero difference.
      REQUIRE(std::ssize(one.features()) == nonzero);
      // The order is the reference's but for float32's own rounding.
      if (kind_ == at::kDouble || n == 20) {
        CHECK(at::equal(at::tensor(one.features(), at::kLong),
                        features.narrow(0, 0, nonzero)));
      }
      if (kind_ != at::kDouble || nonzero < n) continue;
      const auto facts = one.facts(
          pass.result(on_encoder)[0],
          jobs::SaeDictionary(sae_.W_dec).correlate(v.narrow(0, i, 1))[0]);
      const auto count = [](const at::Tensor& mask) {
        return mask.sum().item<std::int64_t>();
      };
      const auto expected = [&](const char* name, std::int64_t row) {
        return get(expected_, top + name)[row].item<std::int64_t>();
      };
      const at::Tensor difference =
          tests::column(facts, &Difference::mean_code_positive) -
          tests::column(facts, &Difference::mean_code_negative);
      const at::Tensor below_encoder =
          tests::column(facts, &Difference::encoder_projection).lt(0);
      const at::Tensor below_decoder =
          tests::column(facts, &Difference::decoder_projection).lt(0);
      const at::Tensor code = tests::column(facts, &Difference::code);
      note("differences of codes",
           relative(difference, get(expected_, top + "difference")));
      CHECK(count(difference.lt(0)) == expected("negative_difference", 0));
      CHECK(count(below_encoder) == expected("negative_encoder", i));
      CHECK(count(below_decoder) == expected("negative_decoder", i));
      CHECK(count(below_encoder.logical_and(code.eq(0))) ==
            expected("negative_encoder_code_zero", i));
    }
  }

  void note(const std::string& what, double difference) {
    double& worst = worst_[what];
    worst = std::max(worst, difference);
  }

  std::string name_;
  at::ScalarType kind_;
  nlohmann::json meta_;
  jobs::SparseAutoencoder sae_;
  storage::ArrayMap inputs_, expected_;
  std::map<std::string, double> worst_;
};

}  // namespace

TEST_CASE("decompositions equal the reference's in float64",
          "[reference][decomposition]") {
  int compared = 0;
  for (const auto& folder : tests::cases("decomposition", "meta.json")) {
    compared += Case(folder, at::kDouble).check();
  }
  std::cout << compared << " methods compared in float64" << std::endl;
  CHECK(compared > 0);
}

TEST_CASE("encodings in float32 equal the reference's float64 by rounding",
          "[reference][decomposition]") {
  for (const auto& folder : tests::cases("decomposition", "meta.json")) {
    Case(folder, at::kFloat).check();
  }
}
