#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/measures/steerability.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// Whether an original vector steers.
enum class Steers : std::uint8_t { yes, no, unknown };

// "yes", "no", "unknown".
std::string name_of(Steers steers);

// The verdict on an original vector, and why it is not yes.
struct Verdict {
  Steers steers = Steers::unknown;
  std::string reason = "";  // empty for yes
};

// One entry a variant: the verdict on the original that it is, or stands in
// for, at its vector and dose rule. An original steers if the interval of its
// content slope excludes 0 and the slope leaves the bands of isotropic and
// covariance noise at its length and of shuffled labels at their own length, of
// those that were steered; unknown without any, and with too few clusters. A
// conjunction needs no correction over kinds of noise. `slopes` has an entry a
// variant.
std::vector<Verdict> verdicts(const storage::Results& results,
                              const std::vector<Steerability>& slopes);

}  // namespace coxswain::analysis
