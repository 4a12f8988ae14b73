#pragma once

#include <string>
#include <vector>

#include "analysis/forms/figure.hpp"

namespace coxswain::analysis {

// What a page takes in of drawings: a larger one stays a file alone, and so do
// those after which the page would be larger than any reader likes.
constexpr std::size_t kLargestDrawing = 2U << 20U;     // bytes
constexpr std::size_t kMostDrawingBytes = 16U << 20U;  // of a page

// A figure and its SVG as gnuplot wrote it; empty: there is none.
struct DrawnFigure {
  const Figure& figure;
  std::string svg;
};

// Figures of one kind are named alike up to a hyphen, and stand together.
struct FigureKind {
  std::string name;   // "steerability_by_layer"
  std::string title;  // "Steerability by layer"
  std::size_t first = 0, count = 0;
};
std::vector<FigureKind> kinds_of(const std::vector<DrawnFigure>& figures);

// A section a kind, captions below the drawings; where there is no drawing, or
// one that must not be in a page, a line says so.
std::string to_html(const std::vector<DrawnFigure>& figures);

}  // namespace coxswain::analysis
