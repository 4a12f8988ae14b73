#include "jobs/steering/two_answers.hpp"

#include <algorithm>
#include <set>

#include "jobs/model/tokenizers/unicode.hpp"
#include "jobs/steering/option_order.hpp"

namespace coxswain::jobs {

std::optional<TwoAnswers> two_answers(
    const std::vector<storage::ContrastPair>& pairs) {
  std::set<std::string> matching, all;
  for (const storage::ContrastPair& pair : pairs) {
    matching.insert(folded(pair.matching));
    all.insert(folded(pair.matching));
    all.insert(folded(pair.other));
    if (all.size() > 2) return std::nullopt;
  }
  if (all.size() < 2) return std::nullopt;
  const std::string a = letter_of(*all.begin()), b = letter_of(*all.rbegin());
  if (!a.empty() && !b.empty()) return TwoAnswers{a, b};
  if (matching.size() < 2) return std::nullopt;
  return TwoAnswers{*all.rbegin(), *all.begin()};
}

std::int8_t matching_answer(const TwoAnswers& answers,
                            const storage::ContrastPair& pair) {
  const std::string letter = letter_of(pair.matching);
  const std::string& said = letter.empty() ? folded(pair.matching) : letter;
  return said == answers.first ? 1 : -1;
}

}  // namespace coxswain::jobs
