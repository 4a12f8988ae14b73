#include "analysis/measures/item_slopes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <set>

#include "analysis/statistics/statistics.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using storage::PropensityRow;

double answer_mass(const PropensityRow& row) {
  // Differences before exp: logits of hundreds would overflow.
  return std::exp(double{row.logit_match} - double{row.log_sum_exp}) +
         std::exp(double{row.logit_other} - double{row.log_sum_exp});
}

// Of the matching answer among the two, by its log odds.
double probability(double propensity) {
  return 1 / (1 + std::exp(-propensity));
}

// What y gains in probability from x = 0 to x = `at`; NaN without either.
double probability_change(std::span<const double> x, std::span<const double> y,
                          double at) {
  double from = kNaN, to = kNaN;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] == 0) from = probability(y[i]);
    if (x[i] == at) to = probability(y[i]);
  }
  return to - from;
}

// 1 if it is among the multipliers, else the largest that is positive.
double probability_multiplier(const std::set<double>& multipliers) {
  if (multipliers.contains(1)) return 1;
  return multipliers.empty() || *multipliers.rbegin() <= 0
             ? kNaN
             : *multipliers.rbegin();
}

bool is_symmetric(const std::set<double>& multipliers) {
  return std::ranges::all_of(
      multipliers, [&](double one) { return multipliers.contains(-one); });
}

// Rows of tables/propensity by variant, those of each by item and multiplier;
// variant v has the rows order[first[v]] to order[first[v + 1]].
struct ByVariant {
  std::vector<std::size_t> first, order;
};

ByVariant by_variant(const storage::Results& results) {
  const auto& rows = results.propensity;
  ByVariant by;
  by.first.assign(results.variants.size() + 1, 0);
  for (const PropensityRow& row : rows) {
    ++by.first.at(static_cast<std::size_t>(row.variant) + 1);
  }
  std::partial_sum(by.first.begin(), by.first.end(), by.first.begin());
  std::vector<std::size_t> next = by.first;
  by.order.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    by.order[next[static_cast<std::size_t>(rows[i].variant)]++] = i;
  }
  const auto before = [&](std::size_t a, std::size_t b) {
    return rows[a].item != rows[b].item
               ? rows[a].item < rows[b].item
               : rows[a].multiplier < rows[b].multiplier;
  };
  for (std::size_t v = 0; v < results.variants.size(); ++v) {
    const auto begin = by.order.begin();
    const auto from = begin + static_cast<std::ptrdiff_t>(by.first[v]);
    const auto to = begin + static_cast<std::ptrdiff_t>(by.first[v + 1]);
    // Sealed rows lie so already: a test of order is cheaper than sorting
    // millions.
    if (!std::is_sorted(from, to, before)) std::stable_sort(from, to, before);
  }
  return by;
}

// Makes items of one variant's rows after the other; its buffers are used
// again.
class Collector {
 public:
  explicit Collector(const storage::Results& results) : results_(results) {}

  VariantItems collect(std::span<const std::size_t> order) {
    VariantItems out;
    clean_.clear();
    steered_.clear();
    std::set<double> multipliers;
    for (const std::size_t i : order) multipliers.insert(row(i).multiplier);
    out.probability_multiplier = probability_multiplier(multipliers);
    out.symmetric = is_symmetric(multipliers);
    for (std::size_t first = 0; first < order.size();) {
      std::size_t last = first;
      while (last < order.size() &&
             row(order[last]).item == row(order[first]).item) {
        ++last;
      }
      add(order.subspan(first, last - first), out);
      first = last;
    }
    out.answer_mass_clean = mean(clean_);
    out.answer_mass_steered = mean(steered_);
    return out;
  }

 private:
  const PropensityRow& row(std::size_t i) const {
    return results_.propensity[i];
  }

  void add(std::span<const std::size_t> rows, VariantItems& out) {
    assert(!rows.empty());
    ++out.n_items;
    x_.clear();
    y_.clear();
    for (const std::size_t i : rows) {
      if (std::isnan(row(i).logit_match)) {
        // A slope over some of the multipliers would be another measure: the
        // item is left out whole.
        ++out.n_missing;
        return;
      }
      x_.push_back(row(i).multiplier);
      y_.push_back(double{row(i).logit_match} - double{row(i).logit_other});
    }
    // Rows ascend by multiplier: the ends have the largest.
    const double largest = std::max(std::abs(x_.front()), std::abs(x_.back()));
    for (const std::size_t i : rows) {
      if (row(i).multiplier == 0) clean_.push_back(answer_mass(row(i)));
      if (std::abs(row(i).multiplier) == largest) {
        steered_.push_back(answer_mass(row(i)));
      }
    }
    out.items.push_back(
        {row(rows.front()).item, slope(x_, y_), rank_correlation(x_, y_),
         curvature(x_, y_),
         probability_change(x_, y_, out.probability_multiplier)});
  }

  const storage::Results& results_;
  std::vector<double> x_, y_, clean_, steered_;
};

// Ranks from 1; equal values share the mean of their ranks.
std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return values[a] < values[b];
  });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last < order.size() && values[order[last]] == values[order[first]]) {
      ++last;
    }
    const double shared = static_cast<double>(first + last + 1) / 2;
    for (; first < last; ++first) ranks[order[first]] = shared;
  }
  return ranks;
}

}  // namespace

std::vector<VariantItems> item_slopes(const storage::Results& results) {
  const ByVariant by = by_variant(results);
  Collector collector(results);
  std::vector<VariantItems> out;
  out.reserve(results.variants.size());
  for (std::size_t v = 0; v < results.variants.size(); ++v) {
    out.push_back(collector.collect(std::span(by.order).subspan(
        by.first[v], by.first[v + 1] - by.first[v])));
  }
  return out;
}

std::string item_slopes_csv(const storage::Results& results) {
  const auto spelled = [](double value) {
    return std::isnan(value) ? std::string() : fmt::format("{}", value);
  };
  std::string out = "variant,item,slope,rank_correlation,curvature\n";
  const std::vector<VariantItems> all = item_slopes(results);
  for (std::size_t variant = 0; variant < all.size(); ++variant) {
    for (const ItemSlope& one : all[variant].items) {
      fmt::format_to(std::back_inserter(out), "{},{},{},{},{}\n", variant,
                     one.item, spelled(one.slope),
                     spelled(one.rank_correlation), spelled(one.curvature));
    }
  }
  return out;
}

double rank_correlation(std::span<const double> x, std::span<const double> y) {
  assert(x.size() == y.size());
  const std::vector<double> rank_x = ranks_of(x);
  const std::vector<double> rank_y = ranks_of(y);
  // Slopes either way: their product is the square of the correlation.
  const double there = slope(rank_x, rank_y);
  const double back = slope(rank_y, rank_x);
  if (std::isnan(there) || std::isnan(back)) return kNaN;
  return std::copysign(std::sqrt(there * back), there);
}

double curvature(std::span<const double> x, std::span<const double> y) {
  assert(x.size() == y.size());
  // With u = x - mean x: what u^2 has beside its own straight line in u, and y
  // on that (Frisch and Waugh).
  const double middle = mean(x);
  std::vector<double> u, squares;
  for (const double value : x) {
    u.push_back(value - middle);
    squares.push_back(u.back() * u.back());
  }
  const double along = slope(u, squares);
  if (std::isnan(along)) return kNaN;
  const double mean_square = mean(squares);
  double products = 0, size = 0, largest = 0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    const double rest = squares[i] - mean_square - along * u[i];
    products += rest * y[i];
    size += rest * rest;
    largest = std::max(largest, squares[i] * squares[i]);
  }
  // Two different x have a parabola through anything: what is left is rounding.
  return size <= 1e-20 * largest ? kNaN : products / size;
}

}  // namespace coxswain::analysis
