#pragma once

#include <set>
#include <string>
#include <vector>

#include "analysis/forms/figure.hpp"
#include "analysis/page/facets.hpp"

namespace coxswain::analysis {

// What a page takes in of drawings: a larger one stays a file alone, and so do
// those after which the page would be larger than any reader likes.
constexpr std::size_t kLargestDrawing = 2U << 20U;     // bytes
constexpr std::size_t kMostDrawingBytes = 16U << 20U;  // of a page
// Of tables of figures' values, too.
constexpr std::size_t kMostValueBytes = 4U << 20U;

// A figure and its SVG as gnuplot wrote it; empty: there is none.
struct DrawnFigure {
  const Figure& figure;
  std::string svg;
};

// Figures of one kind are named alike up to a hyphen, and stand together.
struct FigureKind {
  std::string name;   // "steerability_by_layer"
  std::string title;  // "Steerability by layer"
  ReportPlace place;
  std::size_t first = 0, count = 0;
};
std::vector<FigureKind> kinds_of(const std::vector<DrawnFigure>& figures);

// Writes the figures of a page, each once, in the order they are asked for: the
// first have the room. Where there is no drawing, or one that must not be in a
// page, a line says so. Figures and facets have to outlive it.
class FigureWriter {
 public:
  FigureWriter(const std::vector<DrawnFigure>& figures, const Facets& facets)
      : figures_(figures), facets_(facets) {}

  // One figure by itself, its first note in its caption.
  std::string one(std::size_t index);
  // A kind as a section with a sentence on what to look for, if it has one, but
  // for what one() wrote; captions below the drawings, what all of them say
  // said once. Empty if nothing is left.
  std::string section(const FigureKind& kind);

 private:
  // How much of its notes a caption has.
  enum class Notes { none, folded, all };
  std::string figure(std::size_t index, const std::string& kind, Notes notes);
  std::string drawing(std::size_t index, const std::string& kind, bool& wide);
  std::string values(const Figure& figure, const char* heading);

  const std::vector<DrawnFigure>& figures_;
  const Facets& facets_;
  std::set<std::size_t> written_;
  std::size_t left_ = kMostDrawingBytes, values_left_ = kMostValueBytes;
};

}  // namespace coxswain::analysis
