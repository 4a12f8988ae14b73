// Codes and reconstructions against every SAE case, and what must be refused.

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <iostream>

#include "jobs/device/result_tensors.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/sae/features.hpp"
#include "jobs/sae/sparse_autoencoder.hpp"
#include "jobs/task/features_result.hpp"
#include "jobs/task/job_error.hpp"
#include "jobs/task/result_reader.hpp"
#include "storage/files/fault.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/reference/reference.hpp"
#include "tests/support/fake_device.hpp"
#include "tests/support/test_device.hpp"

using namespace coxswain;

namespace {

using nlohmann::json;

// Of each row's maximum (SAES.md): float32 against the library's float32, and
// float64 against its float64 of the same stored weights.
constexpr double kTolerance = 2e-6;
constexpr double kTolerance64 = 1e-12;
// Where the library itself rounds to float32 while it loads.
constexpr double kToleranceRounded = 2e-7;
constexpr const char* kRounded[] = {
    "dl_autoencoder", "dl_autoencoder_legacy_pt", "gemma_scope_embedding",
    "gemma_scope_npy_v2_f64"};

// Changed as a whole when they are loaded: folded, summed, or without an
// encoder.
constexpr const char* kWhole[] = {
    "dl_autoencoder",           "dl_autoencoder_legacy_pt",
    "gemma_scope_2_clt",        "mntss_clt_layer",
    "saelens_matching_pursuit", "saelens_matching_pursuit_nosub"};

double row_relative(const at::Tensor& ours, const at::Tensor& theirs) {
  const at::Tensor scale =
      theirs.abs().amax(1).clamp_min(std::numeric_limits<float>::min());
  return ((ours - theirs).abs().amax(1) / scale).max().item<double>();
}

// What a user would have to say of these files in a sweep.
jobs::SaeOptions options_of(const json& meta) {
  jobs::SaeOptions options;
  if (meta.at("format") == "qwen_scope") options.k = meta.at("k");
  if (!meta.value("normalize_decoder", true)) {
    options.decoder_norms = jobs::DecoderNorms::as_stored;
  }
  if (meta.at("format") == "llama_scope_r1") {
    options.input_scale = meta.at("norm_scaling_factor");
  }
  return options;
}

class Case {
 public:
  explicit Case(std::filesystem::path folder)
      : folder_(std::move(folder)),
        name_(folder_.filename().string()),
        meta_(tests::read_json(folder_ / "meta.json")),
        path_((meta_.contains("file") ? folder_ / meta_["file"] : folder_)
                  .string()),
        expected_(storage::read_safetensors(
            (folder_ / "expected.safetensors").string())) {
    std::vector<std::int64_t> rows;
    const std::vector<std::int64_t> skipped = meta_.at("nan_rows");
    for (std::int64_t i = 0; i < expected_.at("x").shape[0]; ++i) {
      if (std::find(skipped.begin(), skipped.end(), i) == skipped.end()) {
        rows.push_back(i);
      }
    }
    rows_ = at::tensor(rows, at::kLong);
  }

  // False if the kind is left out.
  bool check() const {
    if (meta_.at("architecture") == "temporal") {
      tests::skip(folder_, "temporal: a lone vector has no context");
      return false;
    }
    const jobs::SaeOptions options = options_of(meta_);
    const auto sae = jobs::load_sae(path_, options);
    const char* codes = expected_.contains("codes_lowest_first")
                            ? "codes_lowest_first"
                            : "codes";
    compare(sae, codes, "recon", kTolerance);
    if (name_ == "saelens_jumprelu_exact") {
      CHECK(at::equal(encoded(sae), get("codes")));
    }
    const bool ties = expected_.contains("codes_lowest_first");
    const bool rounded = std::find(std::begin(kRounded), std::end(kRounded),
                                   name_) != std::end(kRounded);
    if (!ties) {
      compare(jobs::load_sae(path_, options, at::kDouble), "codes_f64",
              "recon_f64", rounded ? kToleranceRounded : kTolerance64);
    }
    check_features();
    check_scaled();
    check_elsewhere(sae);
    check_blocks(sae, options);
    check_folding(sae);
    return true;
  }

  // Whether its features can be clamped.
  bool reads_alone() const {
    return jobs::why_not_alone(jobs::read_sae_header(path_, options_of(meta_)))
        .empty();
  }

 private:
  at::Tensor get(const std::string& array) const {
    return jobs::to_tensor(expected_.at(array)).index_select(0, rows_);
  }
  at::Tensor encoded(const jobs::SparseAutoencoder& sae) const {
    return sae.encode(get("x").to(sae.b_dec.scalar_type()),
                      sae.header.b_dec_input);
  }

  void compare(const jobs::SparseAutoencoder& sae, const std::string& codes,
               const std::string& recon, double tolerance) const {
    const at::Tensor ours = encoded(sae);
    CHECK(tests::within(name_ + " " + codes, row_relative(ours, get(codes)),
                        tolerance));
    CHECK(at::equal(ours.ne(0), get(codes).ne(0)));
    // Where ties were broken otherwise, what was made of their codes.
    const at::Tensor rebuilt =
        sae.reconstruct(get("x").to(sae.b_dec.scalar_type()),
                        codes == "codes_lowest_first" ? get("codes") : ours);
    CHECK(tests::within(name_ + " " + recon, row_relative(rebuilt, get(recon)),
                        tolerance));
  }

  // What a clamp reads of each feature by itself is its code.
  void check_features() const {
    if (!reads_alone()) return;
    const auto sae = jobs::load_sae(path_, options_of(meta_));
    jobs::FeaturesTask task{{}, sae.header.b_dec_input, {}};
    for (std::int32_t i = 0; i < sae.header.d_sae; ++i) {
      task.features.push_back(i);
    }
    const auto read = jobs::read_features(task, sae).result;
    const auto gates =
        jobs::read_rows(read, jobs::features_result::kGates, "test");
    const at::Tensor products =
        get("x")
            .to(at::kDouble)
            .matmul(
                jobs::tensor_of(read, jobs::features_result::kEncoder, "test")
                    .to(at::kDouble)
                    .t());
    at::Tensor codes = at::empty_like(products);
    for (std::int64_t i = 0; i < codes.size(1); ++i) {
      const auto& gate = gates[static_cast<std::size_t>(i)];
      const at::Tensor product = products.select(1, i);
      codes.select(1, i).copy_(
          (product * gate.scale + gate.shift).clamp_min(0) *
          (product + gate.bias > gate.threshold));
    }
    CHECK(tests::within(name_ + " features", row_relative(codes, get("codes")),
                        kTolerance));
  }

  // With and without the factor that some formats scale activations by.
  void check_scaled() const {
    jobs::SaeOptions options;
    if (expected_.contains("codes_folded")) {
      options.input_scale =
          meta_.at("settings").at("norm_scaling_factor_of_folded_arrays");
      compare(jobs::load_sae(path_, options), "codes_folded", "recon_folded",
              kTolerance);
      CHECK_FALSE(jobs::read_sae_header(path_).notes.empty());
    }
    if (expected_.contains("codes_unfolded")) {
      options.input_scale = 1;
      compare(jobs::load_sae(path_, options), "codes_unfolded",
              "recon_unfolded", kTolerance);
    }
  }

  // The same numbers on a device that takes no tensors of the processor.
  void check_elsewhere(const jobs::SparseAutoencoder& sae) const {
    const at::Device device = tests::test_device().is_cuda()
                                  ? tests::test_device()
                                  : tests::fake_device();
    const jobs::SparseAutoencoder there = jobs::on_device(sae, device);
    const at::Tensor x = get("x").to(sae.b_dec.scalar_type()).to(device);
    const at::Tensor codes = there.encode(x, sae.header.b_dec_input);
    // Its values lie on their thresholds: rounding decides.
    if (name_ == "saelens_jumprelu_exact" && device.is_cuda()) return;
    CHECK(row_relative(codes.cpu(), encoded(sae)) <= kTolerance);
    CHECK(row_relative(there.reconstruct(x, codes).cpu(),
                       sae.reconstruct(x.cpu(), codes.cpu())) <= kTolerance);
  }

  // The same numbers from matrices that are read in blocks.
  void check_blocks(const jobs::SparseAutoencoder& whole,
                    const jobs::SaeOptions& options) const {
    jobs::SparseAutoencoder sae;
    try {
      sae = jobs::stream_sae(path_, options);
    } catch (const jobs::JobError&) {
      CHECK(std::find(std::begin(kWhole), std::end(kWhole), name_) !=
            std::end(kWhole));
      return;
    }
    CHECK(row_relative(encoded(sae), encoded(whole)) <= kTolerance);
    CHECK(row_relative(sae.reconstruct(get("x"), encoded(sae)),
                       whole.reconstruct(get("x"), encoded(whole))) <=
          kTolerance);
    CHECK(at::equal(
        sae.W_dec.row({2, 0}),
        whole.W_dec.tensor().index_select(0, at::tensor({2, 0}, at::kLong))));
    CHECK(at::equal(
        sae.W_enc.column({3, 1}),
        whole.W_enc.tensor().index_select(1, at::tensor({3, 1}, at::kLong))));
    CHECK(at::allclose(sae.W_dec.row_norms(), whole.W_dec.row_norms()));
    CHECK(at::allclose(sae.W_enc.column_norms(), whole.W_enc.column_norms()));
    CHECK(at::allclose(sae.W_dec.times_transposed(sae.b_dec.unsqueeze(0)),
                       whole.W_dec.times_transposed(whole.b_dec.unsqueeze(0)),
                       1e-4, 1e-5));
  }

  // Unit decoder rows: the same reconstruction, codes times the norms.
  void check_folding(const jobs::SparseAutoencoder& sae) const {
    using jobs::SaeArchitecture;
    if (sae.header.architecture == SaeArchitecture::matching_pursuit ||
        sae.header.architecture == SaeArchitecture::abs_top_k ||
        sae.header.architecture == SaeArchitecture::top_k ||
        sae.header.architecture == SaeArchitecture::group_max) {
      return;  // what is kept depends on the norms
    }
    // Its values lie on their thresholds: rounding decides.
    if (name_ == "saelens_jumprelu_exact") return;
    jobs::SparseAutoencoder folded = sae;
    jobs::fold_decoder_norms(folded);
    const at::Tensor codes = encoded(folded);
    const at::Tensor norms = sae.W_dec.row_norms().to(at::kFloat);
    CHECK(row_relative(codes, encoded(sae) * norms) <= kTolerance);
    CHECK(row_relative(folded.reconstruct(get("x"), codes),
                       sae.reconstruct(get("x"), encoded(sae))) <= kTolerance);
  }

  std::filesystem::path folder_;
  std::string name_;
  json meta_;
  std::string path_;  // what a user would name: the folder, or one of its files
  storage::ArrayMap expected_;
  at::Tensor rows_;  // those that the library gives numbers for
};

// Whether loading it did what it must; the error, if any, in `error`.
bool judged(const std::filesystem::path& folder, const json& one,
            std::string& error) {
  std::size_t notes = 0;
  try {
    jobs::load_sae(folder.string());
    notes = jobs::read_sae_header(folder.string()).notes.size();
  } catch (const jobs::JobError& caught) {
    error = caught.what();
  } catch (const storage::StorageError& caught) {
    error = caught.what();
  }
  const std::string must = one.at("must");
  if (must == "reject") return !error.empty();
  if (must == "accept") return error.empty();
  if (must == "accept_with_warning") return error.empty() && notes > 0;
  if (must == "reject_or_warn") return !error.empty() || notes > 0;
  return must == "accept_or_reject_with_reason";
}

// What the error has to name: the tensor, member or key.
std::string defect_of(const json& one) {
  if (!one.contains("where")) return "";
  std::string where = one["where"].is_array()
                          ? one["where"][0].get<std::string>()
                          : one["where"].get<std::string>();
  for (const char* opcode : {"STACK_GLOBAL ", "GLOBAL "}) {
    if (where.starts_with(opcode)) where = where.substr(std::strlen(opcode));
  }
  return where;
}

}  // namespace

TEST_CASE("codes and reconstructions equal those of the owning libraries",
          "[reference][saes]") {
  int checked = 0, alone = 0;
  for (const auto& folder : tests::cases("saes", "meta.json")) {
    INFO(folder);
    const Case one(folder);
    if (!one.check()) continue;
    ++checked;
    alone += one.reads_alone() ? 1 : 0;
  }
  std::cout << checked << " cases checked, features of " << alone << std::endl;
  CHECK(checked > 0);
  CHECK(alone > 0);
}

TEST_CASE("defective SAEs are refused by what is wrong with them",
          "[reference][saes]") {
  const auto broken = tests::reference_folder() / "saes" / "broken";
  const json expected = tests::read_json(broken / "expected.json");
  int judged_right = 0;
  for (const auto& [name, one] : expected.at("cases").items()) {
    INFO(name << ": " << one.at("defect"));
    std::string error;
    const bool right = judged(broken / name, one, error);
    CHECK(right);
    judged_right += right ? 1 : 0;
    if (!error.empty()) CHECK_THAT(error, Catch::Contains(defect_of(one)));
    const std::string shown =
        error.empty() ? "loads" : error.substr(error.find(name));
    std::cout << name << " (" << one.at("must").get<std::string>()
              << "): " << shown << std::endl;
  }
  std::cout << judged_right << " of " << expected.at("cases").size()
            << " judged right" << std::endl;
}
