#include "analysis/forms/point_labels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/forms/plain_text.hpp"

namespace coxswain::analysis {
namespace {

// Of the span of a figure's numbers, with room for what an axis adds to that at
// its ends: a letter's width, the distance of a label and its point, a line.
constexpr double kLetter = 0.024, kAway = 0.03, kLine = 0.09;

// More would lie on each other.
constexpr std::size_t kMost = 12;
constexpr std::size_t kLongest = 30;  // characters

// Lines by which a label may leave its point's height, nearest first.
constexpr int kMoves[] = {0, 1, -1, 2, -2};

struct Span {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  void add(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  double place(double value) const {
    return low < high ? (value - low) / (high - low) : 0.5;
  }
};

struct Box {
  double left = 0, right = 0, middle = 0;
  bool overlaps(const Box& other) const {
    return left < other.right && other.left < right &&
           std::abs(middle - other.middle) < kLine * 0.99;
  }
};

bool is_drawn(const Series& series) {
  return series.mark == Mark::line || series.mark == Mark::points;
}

// Moves a label until it lies on none of the others; false if it can't.
bool place(PointLabel& label, double x, double y, std::vector<Box>& taken) {
  const double width = kLetter * static_cast<double>(label.text.size());
  label.to_the_left = x + kAway + width > 1.05 && x - kAway - width > -0.05;
  Box box;
  box.left = label.to_the_left ? x - kAway - width : x + kAway;
  box.right = box.left + width;
  for (const int lines : kMoves) {
    box.middle = y + kLine * lines;
    if (std::ranges::any_of(
            taken, [&](const Box& one) { return one.overlaps(box); })) {
      continue;
    }
    label.lines = lines;
    taken.push_back(box);
    return true;
  }
  return false;
}

}  // namespace

std::vector<PointLabel> point_labels(const Curves& curves) {
  Span x, y;
  std::vector<PointLabel> labels;
  std::size_t n = 0;
  for (const Series& series : curves.series) {
    for (const FigurePoint& point : series.points) {
      x.add(point.x);
      for (const double value : {point.y.estimate, point.y.low, point.y.high}) {
        y.add(value);
      }
      if (!is_drawn(series)) continue;
      ++n;
      if (point.label.empty() || !std::isfinite(point.y.estimate)) continue;
      labels.push_back(
          {point.x, point.y.estimate, shortened(point.label, kLongest)});
    }
  }
  if (n > kMost) return {};
  std::vector<Box> taken;
  for (PointLabel& label : labels) {
    if (!place(label, x.place(label.x), y.place(label.y), taken)) return {};
  }
  return labels;
}

}  // namespace coxswain::analysis
