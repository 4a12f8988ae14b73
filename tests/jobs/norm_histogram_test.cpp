#include "jobs/observation/norm_histogram.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "jobs/task/job_error.hpp"
#include "storage/files/fault.hpp"

using namespace coxswain;
using jobs::NormHistogram;

namespace {

// Like a layer's: most near each other, a few two orders above.
std::vector<double> norms(int n) {
  std::mt19937_64 engine(7);
  std::vector<double> out;
  for (int i = 0; i < n; ++i) {
    const double u = static_cast<double>(engine() >> 11) * 0x1p-53;
    out.push_back(i % 97 == 0 ? 25000 + 100 * u : 100 + 80 * u * u);
  }
  return out;
}

NormHistogram histogram(const std::vector<double>& values) {
  NormHistogram all;
  for (const double value : values) all.add(value);
  return all;
}

double numpy_quantile(std::vector<double> values, double share) {
  std::ranges::sort(values);
  const double place = share * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(place);
  const std::size_t high = std::min(low + 1, values.size() - 1);
  return values[low] +
         (place - static_cast<double>(low)) * (values[high] - values[low]);
}

}  // namespace

TEST_CASE("moments are exact, quantiles within a bin",
          "[jobs][norm_histogram]") {
  const std::vector<double> values = norms(3000);
  const NormHistogram all = histogram(values);
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  const double mean = sum / 3000;
  for (const double value : values) squares += (value - mean) * (value - mean);
  CHECK(all.count() == 3000);
  CHECK(all.mean() == Approx(mean).epsilon(1e-12));
  CHECK(all.deviation() == Approx(std::sqrt(squares / 3000)).epsilon(1e-10));
  CHECK(all.lowest() == *std::ranges::min_element(values));
  CHECK(all.highest() == *std::ranges::max_element(values));
  for (const double share : {0.0, 0.01, 0.25, 0.5, 0.95, 0.999, 1.0}) {
    INFO(share);
    CHECK(all.quantile(share) ==
          Approx(numpy_quantile(values, share)).epsilon(0.0028));
  }
}

TEST_CASE("parts add up to the whole", "[jobs][norm_histogram]") {
  const std::vector<double> values = norms(500);
  NormHistogram parts[3];
  for (std::size_t i = 0; i < values.size(); ++i) parts[i % 3].add(values[i]);
  const auto again = jobs::to_histograms(jobs::to_arrays(parts), "test");
  REQUIRE(again.size() == 3);
  NormHistogram sum;
  for (const NormHistogram& part : again) sum.add(part);
  const NormHistogram all = histogram(values);
  CHECK(sum.count() == all.count());
  CHECK(sum.mean() == Approx(all.mean()).epsilon(1e-13));
  CHECK(sum.quantile(0.3) == all.quantile(0.3));
  CHECK(sum.highest() == all.highest());
}

TEST_CASE("what lies far above is left out whole", "[jobs][norm_histogram]") {
  const NormHistogram all = histogram(norms(970));
  const NormHistogram rest = all.up_to(5 * all.quantile(0.5));
  CHECK(rest.count() == 960);
  CHECK(rest.highest() <= 180);
}

TEST_CASE("norms of nothing, of zero and of no number",
          "[jobs][norm_histogram]") {
  CHECK(NormHistogram().count() == 0);
  CHECK(std::isnan(NormHistogram().mean()));
  CHECK(std::isnan(NormHistogram().quantile(0.5)));
  const NormHistogram zeros = histogram({0, 0, 3});
  CHECK(zeros.quantile(0.5) == 0);
  CHECK(zeros.highest() == 3);
  CHECK(NormHistogram::lower_edge(zeros.bins().begin()->first) == 0);
  CHECK_THROWS_AS(histogram({1, std::numeric_limits<double>::infinity()}),
                  jobs::JobError);
  CHECK_THROWS_AS(histogram({std::nan("")}), jobs::JobError);
}

TEST_CASE("arrays that do not fit are refused", "[jobs][norm_histogram]") {
  const NormHistogram one = histogram({1, 2, 3});
  auto arrays = jobs::to_arrays(std::span(&one, 1));
  const std::vector<std::int64_t> beyond{0, 9};
  arrays["offsets"] =
      storage::make_array(std::span<const std::int64_t>(beyond), {2});
  CHECK_THROWS_AS(jobs::to_histograms(arrays, "test"), storage::StorageError);
}
