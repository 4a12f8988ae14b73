#include "jobs/sae/sparse_autoencoder.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

#include "jobs/sae/open_sae.hpp"
#include "jobs/task/job_error.hpp"
#include "storage/tensors/zip_archive.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sae.hpp"
#include "tests/support/toy_zip.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

SparseAutoencoder tiny(SaeArchitecture architecture) {
  SparseAutoencoder sae;
  sae.header.architecture = architecture;
  sae.header.d_in = sae.header.d_out = sae.header.d_sae = 2;
  sae.W_enc = SaeMatrix(at::eye(2, at::kFloat));
  sae.b_enc = at::tensor({0.5, -1.0}, at::kFloat);
  sae.W_dec =
      SaeMatrix(at::tensor({2.0, 0.0, 0.0, 3.0}, at::kFloat).view({2, 2}));
  sae.b_dec = at::tensor({1.0, 1.0}, at::kFloat);
  sae.threshold = at::tensor({1.5, -0.5}, at::kFloat);
  return sae;
}

std::vector<float> row(const at::Tensor& x) {
  const at::Tensor flat = x.contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

}  // namespace

TEST_CASE("codes follow the formula of each activation",
          "[jobs][sparse_autoencoder]") {
  const at::Tensor x = at::tensor({2.0, 1.75}, at::kFloat).view({1, 2});
  // z = x W_enc + b_enc = 2.5, 0.75; with b_dec subtracted 1.5, -0.25.
  const auto relu = tiny(SaeArchitecture::standard);
  CHECK(row(relu.encode(x, false)) == std::vector<float>{2.5F, 0.75F});
  CHECK(row(relu.encode(x, true)) == std::vector<float>{1.5F, 0.0F});
  // 1.5 is not above its threshold 1.5; -0.25 is above -0.5 and not above 0.
  const auto jump = tiny(SaeArchitecture::jump_relu);
  CHECK(row(jump.encode(x, false)) == std::vector<float>{2.5F, 0.75F});
  CHECK(row(jump.encode(x, true)) == std::vector<float>{0.0F, 0.0F});
}

TEST_CASE("decoding adds b_dec only if asked for",
          "[jobs][sparse_autoencoder]") {
  const auto sae = tiny(SaeArchitecture::standard);
  const at::Tensor codes = at::tensor({1.0, 2.0}, at::kFloat).view({1, 2});
  CHECK(row(sae.decode(codes, false)) == std::vector<float>{2, 6});
  CHECK(row(sae.decode(codes, true)) == std::vector<float>{3, 7});
}

TEST_CASE("a SAELens directory is read with its conventions",
          "[jobs][sparse_autoencoder]") {
  const tests::Scratch scratch;
  tests::write_toy_sae(scratch.file("sae"), 8, 16);
  const SparseAutoencoder sae = load_sae(scratch.file("sae"));
  CHECK(sae.header.format == "saelens");
  CHECK(sae.header.b_dec_input);
  CHECK(sae.W_enc.tensor().sizes() == at::IntArrayRef({8, 16}));
  CHECK(sae_digest(sae.header).size() == 64);
}

TEST_CASE("of equal pre-activations the lowest feature is kept",
          "[jobs][sparse_autoencoder]") {
  SparseAutoencoder sae;
  sae.header.k = 2;
  sae.header.d_sae = 4;
  const auto codes = [&](SaeArchitecture architecture,
                         std::vector<float> product) {
    sae.header.architecture = architecture;
    sae.b_enc = at::zeros({4}, at::kFloat);
    return row(sae.encode_product(at::tensor(product, at::kFloat).view({1, 4}),
                                  Biases::all));
  };
  using Row = std::vector<float>;
  CHECK(codes(SaeArchitecture::top_k, {1, 3, 3, 3}) == Row{0, 3, 3, 0});
  CHECK(codes(SaeArchitecture::top_k, {-1, -3, 2, -2}) == Row{0, 0, 2, 0});
  CHECK(codes(SaeArchitecture::abs_top_k, {-3, 1, 3, -3}) == Row{-3, 0, 3, 0});
  CHECK(codes(SaeArchitecture::group_max, {2, 2, -1, -2}) == Row{2, 0, 0, 0});
}

TEST_CASE("a normalising SAE undoes what it did, and zero stays zero",
          "[jobs][sparse_autoencoder]") {
  auto sae = tiny(SaeArchitecture::standard);
  sae.header.d_in = 2;
  sae.W_dec = SaeMatrix(at::eye(2, at::kFloat));
  sae.b_enc.zero_();
  sae.b_dec.zero_();
  const at::Tensor x =
      at::tensor({3.0, 4.0, 0.0, 0.0}, at::kFloat).view({2, 2});
  for (const auto kind :
       {InputNormalisation::constant_norm, InputNormalisation::none}) {
    sae.header.normalisation = kind;
    const at::Tensor codes = sae.encode(x, false);
    CHECK(at::allclose(sae.reconstruct(x, codes), x, 1e-6, 1e-6));
  }
  sae.header.normalisation = InputNormalisation::constant_norm;
  CHECK(sae.encode(x, false)[0].norm().item<double>() ==
        Approx(std::sqrt(2.0)));
}

TEST_CASE("decoder norms are not folded where they decide what is kept",
          "[jobs][sparse_autoencoder]") {
  const tests::Scratch scratch;
  const std::string folder = scratch.file("sae");
  tests::write_toy_sae(folder, 8, 16);
  SaeOptions folded;
  folded.decoder_norms = DecoderNorms::folded;
  const SparseAutoencoder sae = load_sae(folder, folded);
  CHECK(at::allclose(sae.W_dec.row_norms(), at::ones({16}, at::kDouble), 1e-6,
                     1e-6));
  std::string config = tests::read_file(folder + "/cfg.json");
  config.replace(config.find("jumprelu"), 8, "topk\", \"k\": 3, \"x\": \"");
  tests::write_file(folder + "/cfg.json", config);
  CHECK_THAT(tests::error_of([&] { read_sae_header(folder, folded); }),
             Catch::Contains("decoder_norms"));
}

TEST_CASE("a factor on the input is folded in, or refused where it is none",
          "[jobs][sparse_autoencoder]") {
  const tests::Scratch scratch;
  const std::string folder = scratch.file("sae");
  tests::write_toy_sae(folder, 8, 16);
  SaeOptions options;
  options.input_scale = 2;
  const SparseAutoencoder plain = load_sae(folder);
  const SparseAutoencoder scaled = load_sae(folder, options);
  const at::Tensor x = at::arange(8, at::kFloat).view({1, 8});
  // The thresholds and b_enc are those of 2 x; b_dec is in x's own units.
  const at::Tensor codes = scaled.encode(x, true);
  CHECK(at::allclose(codes, plain.encode(x * 2, true), 1e-5, 1e-5));
  CHECK(at::allclose(scaled.reconstruct(x, codes),
                     plain.reconstruct(x * 2, codes) / 2, 1e-5, 1e-5));
  CHECK(scaled.header.facts != plain.header.facts);
  CHECK(load_sae(folder, options).header.facts == scaled.header.facts);
  std::string config = tests::read_file(folder + "/cfg.json");
  config.replace(config.find("\"none\""), 6, "\"layer_norm\"");
  tests::write_file(folder + "/cfg.json", config);
  CHECK_THAT(tests::error_of([&] { read_sae_header(folder, options); }),
             Catch::Contains("input_scale"));
}

TEST_CASE("an SAE that contradicts itself is refused by tensor or key",
          "[jobs][sparse_autoencoder]") {
  const tests::Scratch scratch;
  const std::string folder = scratch.file("sae");
  const auto message = [&](const std::string& from, const std::string& to) {
    tests::write_toy_sae(folder, 8, 16);
    std::string config = tests::read_file(folder + "/cfg.json");
    config.replace(config.find(from), from.size(), to);
    tests::write_file(folder + "/cfg.json", config);
    return tests::error_of([&] { load_sae(folder); });
  };
  CHECK_THAT(message("\"d_sae\": 16", "\"d_sae\": 17"),
             Catch::Contains("W_dec"));
  CHECK_THAT(message("jumprelu", "standard"), Catch::Contains("threshold"));
  CHECK_THAT(message("jumprelu", "quantum"),
             Catch::Contains("architecture: \"quantum\""));
  CHECK_THAT(message("\"none\"", "\"some\""),
             Catch::Contains("normalize_activations"));
  CHECK_THAT(message("\"d_in\": 8", "\"d_in\": \"8\""),
             Catch::Contains("cfg.json"));
  CHECK_THAT(message("{", "["), Catch::Contains("cfg.json"));
  CHECK_THAT(tests::error_of([&] { load_sae(scratch.file("none")); }),
             Catch::Contains("no such file"));
}

TEST_CASE("an ae.pt without a number for k is refused",
          "[jobs][sparse_autoencoder]") {
  const std::string published =
      COXSWAIN_SOURCE_DIR "/tests/data/reference/saes/dl_topk";
  const tests::Scratch scratch;
  std::filesystem::copy_file(published + "/config.json",
                             scratch.file("config.json"));
  const storage::ZipArchive ae(published + "/ae.pt");
  std::vector<tests::ToyMember> members;
  for (const auto& [name, member] : ae.members()) {
    tests::ToyMember one;
    one.name = name;
    one.data = ae.read(name, 1 << 20);
    members.push_back(std::move(one));
  }
  const auto write = [&] {
    tests::write_file(scratch.file("ae.pt"), tests::toy_zip(members));
  };
  write();
  CHECK(read_sae_header(scratch.path(), {}).k > 0);
  // Offset 0, no sizes, no strides: k, which comes first of such tensors. It
  // becomes a list of no number.
  const std::string number("K\0))\x89", 5);
  const std::string none("K\0K\0\x85K\1\x85\x89", 9);
  for (tests::ToyMember& member : members) {
    const std::size_t at = member.data.find(number);
    if (!member.name.ends_with("data.pkl")) continue;
    REQUIRE(at != std::string::npos);
    member.data.replace(at, number.size(), none);
  }
  write();
  CHECK_THROWS_AS(read_sae_header(scratch.path(), {}), JobError);
  CHECK_THROWS_WITH(read_sae_header(scratch.path(), {}),
                    Catch::Contains("k: no number"));
}
