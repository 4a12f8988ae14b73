#include "analysis/answers/answers.hpp"

#include <algorithm>
#include <iterator>

#include "analysis/answers/atom_answers.hpp"
#include "analysis/answers/kept_answers.hpp"
#include "analysis/answers/named_answers.hpp"
#include "analysis/answers/reason_answers.hpp"
#include "analysis/answers/steering_answers.hpp"
#include "analysis/answers/weakness_answer.hpp"

namespace coxswain::analysis {

std::vector<Answer> answers(const ReportSource& source) {
  const std::vector<Steering> steering = steering_of(source);
  std::vector<Answer> all = steering_answers(source, steering);
  std::ranges::move(kept_answers(source, steering), std::back_inserter(all));
  std::ranges::move(atom_answers(source), std::back_inserter(all));
  std::ranges::move(named_answers(source), std::back_inserter(all));
  std::ranges::move(reason_answers(source, steering), std::back_inserter(all));
  all.push_back(weakness_answer(source));
  return all;
}

}  // namespace coxswain::analysis
