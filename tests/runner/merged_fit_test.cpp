#include "runner/stages/merged_fit.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <set>

using namespace coxswain;
using namespace coxswain::runner;

namespace {

constexpr std::size_t kWidth = 7;
constexpr std::int64_t kFeatures = 130;  // two words and a bit

// An activation, what it was rebuilt to under two conventions, and the features
// that are active on it.
struct Activation {
  std::vector<double> x;
  std::array<std::vector<double>, 2> rebuilt;
  std::set<std::int64_t> active;
};

double square(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

std::vector<double> mean_of(const std::vector<Activation>& all) {
  std::vector<double> mean(kWidth, 0);
  for (const Activation& one : all) {
    for (std::size_t i = 0; i < kWidth; ++i) {
      mean[i] += one.x[i] / static_cast<double>(all.size());
    }
  }
  return mean;
}

FitOfTask sums_of(const std::vector<Activation>& all) {
  FitOfTask fit;
  fit.mean = mean_of(all);
  fit.active.assign((kFeatures + 63) / 64, 0);
  const std::vector<double> zero(kWidth, 0);
  for (std::size_t convention : {std::size_t{0}, std::size_t{1}}) {
    auto& sums = fit.sums.at(convention);
    for (const Activation& one : all) {
      sums.activations += 1;
      sums.wrong += square(one.x, one.rebuilt.at(convention));
      sums.spread += square(one.x, fit.mean);
      sums.active += static_cast<double>(one.active.size());
      sums.norms += std::sqrt(square(one.x, zero));
      for (const std::int64_t feature : one.active) {
        auto& word = fit.active.at(static_cast<std::size_t>(feature / 64));
        word = static_cast<std::int64_t>(static_cast<std::uint64_t>(word) |
                                         std::uint64_t{1} << (feature % 64));
      }
    }
  }
  return fit;
}

std::vector<Activation> drawn(std::mt19937& random, int n, double around) {
  std::normal_distribution<double> normal;
  std::uniform_int_distribution<std::int64_t> feature(0, kFeatures - 1);
  std::vector<Activation> all;
  for (int i = 0; i < n; ++i) {
    Activation one;
    for (std::size_t d = 0; d < kWidth; ++d) {
      one.x.push_back(around + normal(random));
      one.rebuilt[0].push_back(one.x.back() + 0.3 * normal(random));
      one.rebuilt[1].push_back(one.x.back() + 0.6 * normal(random));
    }
    for (int k = 0; k < 5; ++k) one.active.insert(feature(random));
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace

TEST_CASE("sums of behaviours make the fit on all their activations",
          "[runner][merged_fit]") {
  std::mt19937 random(3);
  std::vector<FitOfTask> tasks;
  std::vector<Activation> all;
  // Of other sizes and about other means: between them there is spread, too.
  for (const auto& [n, around] :
       {std::pair(6, 0.0), std::pair(9, 4.0), std::pair(2, -20.0)}) {
    const auto some = drawn(random, n, around);
    tasks.push_back(sums_of(some));
    all.insert(all.end(), some.begin(), some.end());
  }
  const MergedFit fit = merged(tasks, kFeatures);
  const FitOfTask whole = sums_of(all);
  const auto near = [](double value) { return Approx(value).epsilon(1e-12); };
  CHECK(fit.explained_variance ==
        near(1 - whole.sums[0].wrong / whole.sums[0].spread));
  CHECK(fit.explained_variance_other ==
        near(1 - whole.sums[1].wrong / whole.sums[1].spread));
  CHECK(fit.l0 == near(whole.sums[0].active / 17));
  CHECK(fit.activation_norm == near(whole.sums[0].norms / 17));
  std::set<std::int64_t> active;
  for (const Activation& one : all) {
    active.insert(one.active.begin(), one.active.end());
  }
  CHECK(fit.dead_share == 1 - static_cast<double>(active.size()) / kFeatures);
  // One behaviour's are that fit already.
  const MergedFit one = merged(std::span(&whole, 1), kFeatures);
  CHECK(one.explained_variance == near(fit.explained_variance));
  CHECK(one.dead_share == fit.dead_share);
}

TEST_CASE("without activations there is no fit", "[runner][merged_fit]") {
  const MergedFit none = merged({}, kFeatures);
  for (const double value :
       {none.explained_variance, none.l0, none.dead_share, none.activation_norm,
        none.explained_variance_other}) {
    CHECK(std::isnan(value));
  }
}
