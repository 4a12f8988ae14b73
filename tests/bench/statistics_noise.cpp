// How often a direction that is only noise of some kind is said to steer, and
// planted yes-biases.

#include <array>
#include <cmath>

#include "analysis/statistics/cluster_design.hpp"
#include "analysis/statistics/noise_band.hpp"
#include "tests/bench/statistics_runs.hpp"
#include "tests/support/simulated_clusters.hpp"

namespace coxswain::bench {
namespace {

using namespace coxswain::analysis;
using namespace coxswain::tests;

constexpr std::size_t kWidth = 24;  // of the space that vectors are in
constexpr std::size_t kPairs = 40;  // training pairs
constexpr std::size_t kTest = 20;   // test clusters

using Vector = std::array<double, kWidth>;

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < kWidth; ++i) sum += a[i] * b[i];
  return sum;
}

Vector scaled_to(Vector v, double length) {
  const double scale = length / std::sqrt(dot(v, v));
  for (double& one : v) one *= scale;
  return v;
}

// A few directions have most of the variance, as activations' do.
double deviation_along(std::size_t i) {
  return 3 / std::sqrt(1 + static_cast<double>(i));
}

// A task: differences of training pairs, which have a direction in common, and
// how each test cluster takes a direction, which they mostly have in common.
struct World {
  std::vector<Vector> pairs, takers;
};

World simulated_world(Law law, Random& random) {
  World world{std::vector<Vector>(kPairs), std::vector<Vector>(kTest)};
  Vector task, taken;
  for (std::size_t i = 0; i < kWidth; ++i) {
    task[i] = random.normal();
    taken[i] = random.normal();
  }
  for (Vector& pair : world.pairs) {
    for (std::size_t i = 0; i < kWidth; ++i) {
      pair[i] = task[i] + deviation_along(i) * random.draw(law);
    }
  }
  for (Vector& taker : world.takers) {
    for (std::size_t i = 0; i < kWidth; ++i) {
      taker[i] = taken[i] + random.draw(law);
    }
  }
  return world;
}

enum Kind { isotropic, covariance, shuffled };

Vector noise(Kind kind, const World& world, Random& random) {
  Vector v{};
  if (kind != shuffled) {
    for (std::size_t i = 0; i < kWidth; ++i) {
      v[i] = random.normal() * (kind == covariance ? deviation_along(i) : 1);
    }
    return v;
  }
  // Exactly half of the pairs are turned round.
  std::vector<double> signs(kPairs, 1);
  std::fill_n(signs.begin(), kPairs / 2, -1);
  for (std::size_t k = kPairs; k > 1; --k) {
    std::swap(signs[k - 1], signs[random.below(k)]);
  }
  for (std::size_t k = 0; k < kPairs; ++k) {
    for (std::size_t i = 0; i < kWidth; ++i) {
      v[i] += signs[k] * world.pairs[k][i] / kPairs;
    }
  }
  return v;
}

// What the parts of "steers" say, and all of them together.
struct Verdicts {
  double interval = 0, isotropic = 0, covariance = 0, shuffled = 0, steers = 0;
};

bool outside(const Interval& band, double slope) {
  return slope < band.low || slope > band.high;
}

void judge(Kind kind, Law law, std::size_t n_seeds, Verdicts& verdicts,
           Random& random) {
  const World world = simulated_world(law, random);
  const ClusterDesign design(
      clustered_items(std::vector<int>(kTest, 1), Answers::none));
  const auto content = [&](const Vector& v) {
    std::vector<double> slopes;
    for (const Vector& taker : world.takers) slopes.push_back(dot(taker, v));
    return design.content(slopes);
  };
  const Vector tested = noise(kind, world, random);
  const double length = std::sqrt(dot(tested, tested));
  std::array<std::vector<double>, 3> bands;
  for (const Kind of : {isotropic, covariance, shuffled}) {
    for (std::size_t k = 0; k < n_seeds; ++k) {
      const Vector v = noise(of, world, random);
      bands[of].push_back(
          content(of == shuffled ? v : scaled_to(v, length)).value);
    }
  }
  const Estimate slope = content(tested);
  const Interval interval = interval_of(slope);
  const bool parts[] = {
      outside(interval, 0),
      outside(symmetric_band(bands[isotropic]), slope.value),
      outside(symmetric_band(bands[covariance]), slope.value),
      outside(prediction_interval(bands[shuffled]), slope.value)};
  verdicts.interval += parts[0] ? 1 : 0;
  verdicts.isotropic += parts[1] ? 1 : 0;
  verdicts.covariance += parts[2] ? 1 : 0;
  verdicts.shuffled += parts[3] ? 1 : 0;
  verdicts.steers += parts[0] && parts[1] && parts[2] && parts[3] ? 1 : 0;
}

}  // namespace

void noise_section() {
  struct Cell {
    Kind kind;
    Law law;
    std::size_t n_seeds;
    Verdicts verdicts = {};
  };
  std::vector<Cell> cells;
  for (const Kind kind : {isotropic, covariance, shuffled}) {
    for (const Law law : {Law::normal, Law::t3, Law::exponential}) {
      for (const std::size_t n : {5U, 20U}) cells.push_back({kind, law, n});
    }
  }
  for_all_cells(cells.size(), [&](std::size_t i) {
    Cell& cell = cells[i];
    Random random(60000 + i);
    for (int set = 0; set < kSets; ++set) {
      judge(cell.kind, cell.law, cell.n_seeds, cell.verdicts, random);
    }
  });
  print_head(
      "Noise as if it were a vector, 20 test clusters: said to steer, "
      "and by which parts of that, in %",
      {"the vector is", "distribution", "seeds", "steers",
       "interval excludes 0", "leaves isotropic", "leaves covariance",
       "leaves shuffled"});
  const char* names[] = {"isotropic", "covariance", "shuffled"};
  for (const Cell& cell : cells) {
    const Verdicts& of = cell.verdicts;
    print_row({names[cell.kind], name_of(cell.law),
               std::to_string(cell.n_seeds), percent(of.steers / kSets),
               percent(of.interval / kSets), percent(of.isotropic / kSets),
               percent(of.covariance / kSets), percent(of.shuffled / kSets)});
  }
}

void yes_no_section() {
  constexpr int kYesNoSets = 1000, kQuestions = 20;
  constexpr double kContent = 0.8, kYesBias = 1.5;
  print_head(
      "Yes/No, 20 questions, content 0.8, yes-bias 1.5, 1,000 sets: coverage "
      "in % (width over an oracle's)",
      {"orders", "distribution", "content", "yes-bias"});
  std::uint64_t seed = 70000;
  for (const Answers answers : {Answers::one, Answers::both}) {
    for (const Law law : kLaws) {
      const SimulatedClusters clusters{
          clustered_items(std::vector<int>(kQuestions, 1), answers), law, 0.5,
          kContent, kYesBias};
      const ClusterDesign design(clusters.items);
      Random random(++seed);
      Coverage content, bias;
      for (int set = 0; set < kYesNoSets; ++set) {
        const auto values = simulated_values(clusters, random);
        content.add(interval_of(design.content(values)), kContent);
        bias.add(interval_of(design.answer(values)), kYesBias);
      }
      print_row({answers == Answers::one ? "one of each question" : "both",
                 name_of(law),
                 percent_and_width(content.share(), content.relative_width()),
                 percent_and_width(bias.share(), bias.relative_width())});
    }
  }
}

}  // namespace coxswain::bench
