#include "analysis/answers/sign_counts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/answers/words.hpp"
#include "analysis/forms/sentences.hpp"
#include "analysis/measures/labels.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kLevel = 0.025;

}  // namespace

std::vector<CodeSigns> signs_at(const storage::Results& results,
                                std::int32_t behaviour, std::int32_t layer) {
  std::vector<CodeSigns> signs = code_signs(results);
  std::erase_if(signs, [&](const CodeSigns& one) {
    return one.behaviour != behaviour || one.layer != layer;
  });
  return signs;
}

SignCounts sign_counts(const storage::Results& results,
                       const std::vector<CodeSigns>& signs, std::size_t n) {
  SignCounts out;
  std::vector<std::string> parts;
  for (const CodeSigns& one : signs) {
    const SignChance& chance = one.chance[1][1];
    std::string beside = "x+ and x- were not exchanged to count by chance";
    if (!std::isnan(chance.p)) {
      beside =
          fmt::format("with x+ and x- exchanged at random {:g} to {:g} do, {}",
                      chance.null.low, chance.null.high, p_words(chance.p));
      const double claims = static_cast<double>(std::max<std::size_t>(n, 1));
      out.shown = out.shown || chance.p <= kLevel / claims;
    }
    parts.push_back(fmt::format(
        "of the {} features whose codes differ most between x+ and x- ({}) {} "
        "fire less on x+ and point away from the vector; {}",
        one.features, sae_name(results, one.sae), one.crossed[1][1], beside));
  }
  out.text = listed(parts);
  return out;
}

}  // namespace coxswain::analysis
