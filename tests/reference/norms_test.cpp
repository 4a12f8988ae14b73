// Norms of the residual stream over the reference text, against every
// pipeline case's fig1_norms.json.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "jobs/device/device.hpp"
#include "jobs/observation/norm_histogram.hpp"
#include "jobs/observation/observe.hpp"
#include "tests/reference/reference.hpp"
#include "tests/reference/whole_path.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using nlohmann::json;

namespace {

// Of a quantile: one bin.
constexpr double kQuantiles = 0.0027;

double relative(double ours, double theirs) {
  return std::abs(ours - theirs) / std::abs(theirs);
}

void check_norms(const std::string& what, const NormHistogram& ours,
                 const json& theirs) {
  CHECK(ours.count() == theirs.at("count").get<std::int64_t>());
  double moments = 0;
  for (const auto& [value, key] :
       {std::pair{ours.mean(), "mean"}, std::pair{ours.deviation(), "sd"},
        std::pair{ours.lowest(), "min"}, std::pair{ours.highest(), "max"}}) {
    moments = std::max(moments, relative(value, theirs.at(key).get<double>()));
  }
  CHECK(tests::within(what + " mean, sd, min and max", moments,
                      tests::kActivations));
  double quantiles = 0;
  for (const auto& [share, value] : theirs.at("quantiles").items()) {
    quantiles = std::max(quantiles, relative(ours.quantile(std::stod(share)),
                                             value.get<double>()));
  }
  CHECK(tests::within(what + " quantiles", quantiles, kQuantiles));
}

std::vector<NormHistogram> observed(
    const Transformer& model, std::vector<std::vector<std::int32_t>> texts,
    const std::vector<std::int32_t>& layers) {
  return to_histograms(observe({{}, std::move(texts), layers}, model).result,
                       "observe");
}

}  // namespace

TEST_CASE("norms over the reference text are the reference's",
          "[reference][norms]") {
  const at::NoGradGuard no_gradients;
  set_threads(2);
  const auto reference = tests::reference_text();
  REQUIRE(reference);
  const std::vector<std::int32_t> layers{10, 15, 20};
  const auto halves = observed(reference->model, reference->texts, layers);
  int checked = 0;
  for (const auto& one : tests::cases("smollm2", "fig1_norms.json")) {
    for (const json& layer : tests::read_json(one / "fig1_norms.json")) {
      CHECK(std::ssize(reference->texts) ==
            layer.at("sequences").get<std::int64_t>());
      const auto i = static_cast<std::size_t>(
          std::ranges::find(layers, layer.at("layer").get<std::int32_t>()) -
          layers.begin());
      NormHistogram all = halves.at(2 * i);
      all.add(halves.at(2 * i + 1));
      const std::string what = "norms at layer " + std::to_string(layers.at(i));
      check_norms(what, all, layer.at("all_positions"));
      check_norms(what + " without first tokens", halves.at(2 * i + 1),
                  layer.at("without_first_position"));
    }
    ++checked;
    break;  // the text is the same for every behaviour
  }
  CHECK(checked > 0);
}
