#include "tests/support/simulated_codes.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "jobs/device/philox.hpp"

namespace coxswain::tests {
namespace {

constexpr std::size_t kWidth = 16, kFeatures = 200;
constexpr std::int64_t kMost = 50;
constexpr double kLeastBias = -0.8;  // so that a third of the features fire

// Normal numbers, one after the other.
class Normals {
 public:
  Normals(const std::string& key, std::size_t most)
      : values_(jobs::normals(storage::key_of(key),
                              static_cast<std::int64_t>(most))) {}
  std::vector<double> vector(double scale) {
    std::vector<double> out(values_.begin() + next_,
                            values_.begin() + next_ + kWidth);
    next_ += static_cast<std::ptrdiff_t>(kWidth);
    for (double& value : out) value *= scale;
    return out;
  }

 private:
  std::vector<double> values_;
  std::ptrdiff_t next_ = 0;
};

void add(std::vector<double>& to, const std::vector<double>& what,
         double times) {
  for (std::size_t i = 0; i < kWidth; ++i) to[i] += times * what[i];
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < kWidth; ++i) sum += a[i] * b[i];
  return sum;
}

// Both sides' activations of a pair.
using Pair = std::pair<std::vector<double>, std::vector<double>>;

// Everything that is drawn for one data set.
struct Drawn {
  std::vector<jobs::PairCluster> clusters;
  std::vector<Pair> pairs;
  std::vector<std::vector<double>> encoder;  // [features, width]
};

Drawn draw(const CodeShape& shape, std::int64_t number) {
  const auto n = static_cast<std::size_t>(shape.clusters * shape.pairs_each);
  Normals normals("simulated codes " + std::to_string(number),
                  kWidth * (kFeatures + 3 + 5 * n));
  const double width = std::sqrt(static_cast<double>(kWidth));
  const auto base = normals.vector(1), letter = normals.vector(1);
  const auto planted = normals.vector(1 / width);
  Drawn drawn;
  for (std::size_t j = 0; j < kFeatures; ++j) {
    drawn.encoder.push_back(normals.vector(1 / width));
    if (shape.planted != 0 && j % 2 == 0) {
      add(drawn.encoder.back(), planted, -0.5);
    }
  }
  for (std::int32_t cluster = 0; cluster < shape.clusters; ++cluster) {
    const int sign = cluster % 2 == 0 ? 1 : -1;
    const Pair shared{normals.vector(std::sqrt(shape.alike)),
                      normals.vector(std::sqrt(shape.alike))};
    for (std::int32_t i = 0; i < shape.pairs_each; ++i) {
      const double own = std::sqrt(1 - shape.alike);
      auto positive = normals.vector(own), negative = normals.vector(own);
      const auto question = normals.vector(1);
      add(positive, shared.first, 1);
      add(negative, shared.second, 1);
      for (auto* side : {&positive, &negative}) {
        const double which = side == &positive ? 1 : -1;
        add(*side, base, 1);
        add(*side, question, 1);
        if (shape.letters) add(*side, letter, which * sign);
        add(*side, planted, which * shape.planted / 2);
      }
      drawn.clusters.push_back({cluster, shape.letters ? sign : 0});
      drawn.pairs.emplace_back(std::move(positive), std::move(negative));
    }
  }
  return drawn;
}

}  // namespace

SimulatedCodes simulated_codes(const CodeShape& shape, std::int64_t number) {
  const Drawn drawn = draw(shape, number);
  const auto n = static_cast<double>(drawn.pairs.size());
  SimulatedCodes codes{jobs::counted(drawn.clusters), {}};
  codes.features.cluster_of = codes.clusters.of_pair;
  codes.features.n_clusters = codes.clusters.size();
  const auto clusters = static_cast<std::size_t>(codes.clusters.size());
  for (const auto& column : drawn.encoder) {
    std::vector<jobs::PairShare> shares;
    std::vector<double> of_clusters(clusters, 0);
    double projection = 0;
    for (std::size_t i = 0; i < drawn.pairs.size(); ++i) {
      const double positive = dot(column, drawn.pairs[i].first);
      const double negative = dot(column, drawn.pairs[i].second);
      projection += (positive - negative) / n;
      of_clusters[static_cast<std::size_t>(codes.clusters.of_pair[i])] +=
          (positive - negative) / n;
      const double on = std::max(0.0, positive + kLeastBias);
      const double off = std::max(0.0, negative + kLeastBias);
      if (on == 0 && off == 0) continue;
      shares.push_back({static_cast<std::int64_t>(i), on / n, off / n});
    }
    if (shares.empty()) continue;
    jobs::FiringFeatures& to = codes.features;
    to.shares.insert(to.shares.end(), shares.begin(), shares.end());
    to.offsets.push_back(std::ssize(to.shares));
    to.projections.push_back(projection);
    to.of_clusters.insert(to.of_clusters.end(), of_clusters.begin(),
                          of_clusters.end());
  }
  return codes;
}

std::array<double, 4> p_of_signs(const SimulatedCodes& codes,
                                 std::int64_t number, std::int64_t shuffles) {
  const bool all =
      jobs::possible_exchanges(codes.clusters, shuffles + 1) <= shuffles;
  const auto exchanges =
      all ? jobs::all_exchanges(codes.clusters, jobs::LeftOver::alike)
          : jobs::balanced_exchanges(
                codes.clusters, jobs::LeftOver::alike,
                storage::key_of("exchanges " + std::to_string(number)),
                shuffles);
  const std::vector<std::int8_t> none(codes.clusters.strata.size(), 1);
  const auto count = jobs::exchanged_signs(codes.features, none, kMost).front();
  const auto null = jobs::exchanged_signs(codes.features, exchanges, kMost);
  std::array<double, 4> p{};
  for (std::size_t signs = 0; signs < p.size(); ++signs) {
    const auto as_many = std::ranges::count_if(
        null, [&](const auto& row) { return row[signs] >= count[signs]; });
    p[signs] = (1 + static_cast<double>(as_many)) /
               (1 + static_cast<double>(null.size()));
  }
  return p;
}

}  // namespace coxswain::tests
