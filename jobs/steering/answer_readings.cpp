#include "jobs/steering/answer_readings.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <utility>

namespace coxswain::jobs {
namespace {

// Readings of one item, each token asked for once.
class Asked {
 public:
  Asked(const BehaviourItem& item, std::vector<ContrastTokens>& readings)
      : item_(item), readings_(readings), first_(readings.size()) {}

  // `before`: prompt and answer up to the token.
  AnswerReadings::Term term(const std::vector<std::int32_t>& before,
                            std::int32_t token) {
    std::vector<std::size_t>& there = behind_[before];
    for (const std::size_t number : there) {
      ContrastTokens& reading = readings_[first_ + number];
      if (reading.token_match == token) return of(number, false);
      if (reading.token_other == token) return of(number, true);
      if (reading.token_match != reading.token_other) continue;
      reading.token_other = token;  // it had one token, twice
      return of(number, true);
    }
    there.push_back(readings_.size() - first_);
    ContrastTokens& reading = readings_.emplace_back();
    reading.shared = before;
    reading.token_match = reading.token_other = token;
    reading.steer_from = std::min(item_.answers.steer_from,
                                  static_cast<std::int32_t>(before.size()));
    reading.letter_sign = item_.tokens.letter_sign;
    return of(there.back(), false);
  }

  std::int32_t count() const {
    return static_cast<std::int32_t>(readings_.size() - first_);
  }

 private:
  static AnswerReadings::Term of(std::size_t number, bool other) {
    return {static_cast<std::int32_t>(number), other};
  }

  const BehaviourItem& item_;
  std::vector<ContrastTokens>& readings_;
  std::size_t first_;
  std::map<std::vector<std::int32_t>, std::vector<std::size_t>> behind_;
};

// log(exp(a) + exp(b)), where a may be the logarithm of 0.
double log_of_both(double a, double b) {
  const double most = std::max(a, b);
  if (std::isinf(most)) return most;
  return most + std::log(std::exp(a - most) + std::exp(b - most));
}

}  // namespace

AnswerReadings add_readings(const BehaviourItem& item,
                            std::vector<ContrastTokens>& readings) {
  if (item.answers.answers.empty()) {
    readings.push_back(item.tokens);
    return {1, {}};
  }
  AnswerReadings found;
  Asked asked(item, readings);
  for (const AnswerTokens& one : item.answers.answers) {
    AnswerReadings::Answer& answer = found.answers.emplace_back();
    answer.matches = one.matches;
    std::vector<std::int32_t> before = item.answers.shared;
    for (const std::int32_t token : one.tokens) {
      answer.terms.push_back(asked.term(before, token));
      before.push_back(token);
    }
  }
  found.n_readings = asked.count();
  return found;
}

ReadLogits scored(const AnswerReadings& item,
                  const std::function<ReadLogits(std::int32_t)>& read) {
  if (item.answers.empty()) return read(0);
  constexpr double kNever = -std::numeric_limits<double>::infinity();
  ReadLogits all{kNever, kNever, 0};
  for (const AnswerReadings::Answer& answer : item.answers) {
    double sum = 0;
    for (const auto& [reading, other] : answer.terms) {
      const ReadLogits at = read(reading);
      sum += (other ? at.other : at.match) - at.log_sum_exp;
    }
    double& side = answer.matches ? all.match : all.other;
    // An item whose one side is no number has no number at all.
    if (std::isnan(sum)) return {sum, sum, sum};
    side = log_of_both(side, sum);
  }
  return all;
}

}  // namespace coxswain::jobs
