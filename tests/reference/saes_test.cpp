// Codes and reconstructions against every SAE case whose format is read.

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <iostream>

#include "jobs/sae/sparse_autoencoder.hpp"
#include "jobs/tensor_array.hpp"
#include "storage/safetensors.hpp"
#include "tests/reference/reference.hpp"

using namespace coxswain;

namespace {

constexpr double kTolerance = 2e-6;  // of each row's maximum (SAES.md)

double row_relative(const at::Tensor& ours, const at::Tensor& theirs) {
  const at::Tensor scale =
      theirs.abs().amax(1).clamp_min(std::numeric_limits<float>::min());
  return ((ours - theirs).abs().amax(1) / scale).max().item<double>();
}

bool check_case(const std::filesystem::path& folder) {
  jobs::SparseAutoencoder sae;
  try {
    sae = jobs::load_sae(folder.string());
  } catch (const std::exception& error) {
    tests::skip(folder, error.what());
    return false;
  }
  const auto expected =
      storage::read_safetensors((folder / "expected.safetensors").string());
  const auto get = [&](const char* name) {
    return jobs::to_tensor(expected.at(name));
  };
  const std::string name = folder.filename().string();
  const at::Tensor codes = sae.encode(get("x"), sae.header.b_dec_input);
  CHECK(tests::within(name + " codes", row_relative(codes, get("codes")),
                      kTolerance));
  CHECK(at::equal(codes.ne(0), get("codes").ne(0)));
  CHECK(tests::within(name + " reconstruction",
                      row_relative(sae.decode(codes, true), get("recon")),
                      kTolerance));
  return true;
}

}  // namespace

TEST_CASE("codes and reconstructions equal those of the owning libraries",
          "[reference][saes]") {
  int checked = 0;
  for (const auto& folder : tests::cases("saes", "meta.json")) {
    checked += check_case(folder) ? 1 : 0;
  }
  std::cout << checked << " cases checked" << std::endl;
  CHECK(checked > 0);
}
