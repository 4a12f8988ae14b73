#include "jobs/cost/decompose_cost.hpp"

#include <catch2/catch.hpp>

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

SaeHeader header() {
  SaeHeader sae;
  sae.d_in = sae.d_out = 16;
  sae.d_sae = 512;
  sae.k = 8;
  return sae;
}

// One behaviour of 10 pairs, its vector taken apart by these methods.
double flops(const std::vector<std::string>& methods,
             std::int32_t n_differences = 0) {
  DecomposeTask task;
  task.n_extracts = {1};
  task.n_differences = n_differences;
  task.vectors = {{Control::none, 0, -1, {}}};
  for (const std::string& text : methods) {
    const MethodChoice method = method_choice(text);
    task.requests.push_back(
        {0, method.name, method.parameter, 1, false, false});
  }
  const std::int64_t pairs[] = {10};
  return cost_of(task, header(), pairs).flops;
}

constexpr double kPass = 2.0 * 16 * 512;  // one row times a matrix

}  // namespace

TEST_CASE("every method has an effort", "[jobs][decompose_cost]") {
  for (const MethodTraits& traits : decomposition_methods()) {
    const MethodEffort effort =
        effort_of({traits.name, traits.usual}, header());
    CHECK(effort.atoms > 0);
    CHECK(effort.atoms <= 512);
    CHECK(effort.encoded + effort.passes + (effort.pairwise ? 1 : 0) > 0);
  }
  CHECK_THROWS(effort_of({"no-such-method", 0}, header()));
}

TEST_CASE("a pursuit takes a pass an atom, an encoder one a vector",
          "[jobs][decompose_cost]") {
  const double none = flops({});
  CHECK(flops({"encode"}) - none >= kPass);
  CHECK(flops({"encode"}) - none < 2 * kPass);
  CHECK(flops({"omp:20"}) - flops({"omp:10"}) >= 10 * kPass);
  CHECK(flops({"anchored"}) - none >= 30 * kPass);
}

TEST_CASE("codes of pairs are counted once, whoever asks",
          "[jobs][decompose_cost]") {
  const double once = flops({"code-difference"});
  CHECK(once - flops({}) >= 20 * kPass);
  CHECK(flops({"code-difference", "code-difference"}) - once < kPass);
  CHECK(flops({"code-difference"}, 5) - once < 3 * kPass);
}

TEST_CASE("every resampled vector costs its pairs and what takes it apart",
          "[jobs][decompose_cost]") {
  DecomposeTask task;
  task.n_extracts = {1};
  task.vectors = {{Control::none, 0, -1, {}}};
  task.requests = {{0, "omp", 10, 1, false, false}};
  const std::int64_t pairs[] = {1000};
  const TaskCost one = cost_of(task, header(), pairs);
  for (std::int32_t seed = 1; seed <= 20; ++seed) {
    task.vectors.push_back({Control::resampled, 0, -1, {}});
    task.requests.push_back({seed, "omp", 10, 1, false, false});
    task.parts.push_back({seed, Part::all, -1});
  }
  const TaskCost all = cost_of(task, header(), pairs);
  // Ten passes each, and a product of its pairs' differences.
  CHECK(all.flops - one.flops >= 20 * (10 * kPass + 2.0 * 1000 * 16));
  CHECK(all.flops - one.flops < 20 * (30 * kPass + 10.0 * 1000 * 16));
  CHECK(all.size.coefficients == 21 * one.size.coefficients);
  CHECK(all.size.result_bytes - one.size.result_bytes > 20 * 2 * 16 * 4);
  CHECK(all.size.memory_bytes - one.size.memory_bytes > 2 * 1000 * 16 * 12);
}

TEST_CASE("an SAE larger than memory needs its buffers alone",
          "[jobs][decompose_cost]") {
  SaeHeader sae = header();
  CHECK(resident_bytes(sae) == sae.bytes());
  sae.d_in = sae.d_out = 4096;
  sae.d_sae = 1 << 20;
  CHECK(resident_bytes(sae) < sae.bytes() / 100);
}
