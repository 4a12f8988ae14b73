#pragma once

#include <vector>

#include "analysis/answers/answer.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/measures/report_source.hpp"

namespace coxswain::analysis {

// Whether the vector that stands for a behaviour is said to steer.
struct Steering {
  MainPlace place;
  Shown shown = Shown::not_shown;
  std::string reason = "";  // why not; empty for yes
  // Vectors that are asked at once: of every behaviour one, those that the
  // sweep names, or all layers that one was chosen from.
  std::size_t of = 1;
};

// One entry a behaviour that was steered. Yes: the verdict (steers.hpp), and
// that for all vectors at once: p adjusted over all originals is at most 0.05,
// and the slope leaves bands of noise that are wide enough for all that are
// asked. So with 95 % none is said to steer that does not. No: the interval
// lies inside the band of a kind of noise of at least five directions. Refers
// to `source`.
std::vector<Steering> steering_of(const ReportSource& source);

// "Does the vector steer?": a sentence a behaviour.
std::vector<Answer> steering_answers(const ReportSource& source,
                                     const std::vector<Steering>& all);

// "kind, layer 3".
std::string place_words(const ReportSource& source, const Steerability& one);

}  // namespace coxswain::analysis
