#include "tests/support/simulated_clusters.hpp"

#include <cmath>

namespace coxswain::tests {
namespace {

// The deviation of normal numbers times 1/4, 1/2, 1, 2 and 4.
const double kUnequal = std::sqrt((1 / 16.0 + 1 / 4.0 + 1 + 4 + 16) / 5);

}  // namespace

std::string name_of(Law law) {
  switch (law) {
    case Law::normal:
      return "normal";
    case Law::t3:
      return "t3";
    case Law::unequal:
      return "unequal variances";
    case Law::exponential:
      return "exponential";
    case Law::lognormal:
      return "lognormal";
  }
  return {};
}

bool is_symmetric(Law law) {
  return law != Law::exponential && law != Law::lognormal;
}

double Random::uniform() {
  return (static_cast<double>(bits_() >> 11) + 0.5) * 0x1p-53;
}

double Random::normal() {  // Marsaglia's polar method
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  double x = 0, y = 0, square = 0;
  do {
    x = 2 * uniform() - 1;
    y = 2 * uniform() - 1;
    square = x * x + y * y;
  } while (square >= 1);
  const double scale = std::sqrt(-2 * std::log(square) / square);
  spare_ = y * scale;
  has_spare_ = true;
  return x * scale;
}

double Random::draw(Law law) {
  switch (law) {
    case Law::normal:
    case Law::unequal:
      return normal();
    case Law::t3: {
      const double z = normal();
      double squares = 0;
      for (int i = 0; i < 3; ++i) squares += std::pow(normal(), 2);
      return z / std::sqrt(squares);  // t3 over its deviation, sqrt(3)
    }
    case Law::exponential:
      return -std::log(uniform()) - 1;
    case Law::lognormal: {
      const double e = std::exp(1.0);
      return (std::exp(normal()) - std::sqrt(e)) / std::sqrt(e * (e - 1));
    }
  }
  return 0;
}

std::size_t Random::below(std::size_t n) {
  return static_cast<std::size_t>(((bits_() >> 32) * n) >> 32);
}

std::vector<double> simulated_values(const SimulatedClusters& of,
                                     Random& random) {
  std::vector<double> values;
  double scale = 1, of_cluster = 0, of_answer = 0;
  analysis::ClusteredItem last{2, -1};
  for (const analysis::ClusteredItem& item : of.items) {
    if (item.cluster != last.cluster) {
      scale = of.law == Law::unequal
                  ? std::exp2(item.cluster % 5 - 2) / kUnequal
                  : 1;
      of_cluster = random.draw(of.law) * std::sqrt(of.icc);
      if (item.answer != 0) of_cluster *= std::sqrt(0.5);
    }
    if (item.answer != 0 && item != last) {
      of_answer = random.draw(of.law) * std::sqrt(of.icc / 2);
    }
    last = item;
    const double own = random.draw(of.law) * std::sqrt(1 - of.icc);
    values.push_back(of.content + of.letter * item.answer +
                     scale * (of_cluster + of_answer + own));
  }
  return values;
}

namespace {

std::vector<int> answers_of(Answers answers, std::size_t g) {
  switch (answers) {
    case Answers::none:
      return {0};
    case Answers::both:
      return {1, -1};
    case Answers::one:
      return {g % 2 == 0 ? 1 : -1};
    case Answers::mixed:
      if (g % 3 == 2) return {1, -1};
      return {g % 3 == 0 ? 1 : -1};
    case Answers::lopsided:
      if (g % 5 == 4) return {1, -1};
      return {1};
  }
  return {};
}

}  // namespace

std::vector<analysis::ClusteredItem> clustered_items(
    const std::vector<int>& sizes, Answers answers) {
  std::vector<analysis::ClusteredItem> items;
  for (std::size_t g = 0; g < sizes.size(); ++g) {
    const std::vector<int> of_cluster = answers_of(answers, g);
    for (const int answer : of_cluster) {
      items.insert(items.end(), static_cast<std::size_t>(sizes[g]),
                   {answer, static_cast<int>(g)});
    }
  }
  return items;
}

std::vector<int> equal_sizes(int n_clusters) {
  return std::vector<int>(static_cast<std::size_t>(n_clusters), 10);
}

std::vector<int> uneven_sizes(int n_clusters) {
  std::vector<int> sizes;
  for (int g = 0; g < n_clusters; ++g) sizes.push_back(1 + g * 7 % 12);
  return sizes;
}

void Coverage::add(const analysis::Interval& interval, double truth) {
  n_ += 1;
  covered_ += interval.low <= truth && truth <= interval.high ? 1 : 0;
  width_ += interval.high - interval.low;
  squares_ += std::pow(interval.estimate - truth, 2);
}

double Coverage::relative_width() const {
  return width_ / n_ / (2 * 1.959964 * std::sqrt(squares_ / n_));
}

}  // namespace coxswain::tests
