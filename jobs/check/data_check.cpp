#include "jobs/check/data_check.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

// Gathers pairs that are left out by what was expected of them, since what was
// found differs by line.
class Reasons {
 public:
  void add(int line, const JobError& error) {
    const storage::Fault& fault = error.fault();
    const auto [at, is_new] =
        numbers_.try_emplace({fault.item, fault.expected}, reasons_.size());
    if (is_new) reasons_.push_back({{}, error.what()});
    reasons_[at->second].lines.push_back(line);
  }

  std::vector<LeftOutFor> take() {
    std::ranges::stable_sort(reasons_, std::ranges::greater{},
                             [](const auto& one) { return one.lines.size(); });
    return std::move(reasons_);
  }

 private:
  std::map<std::pair<std::string, std::string>, std::size_t> numbers_;
  std::vector<LeftOutFor> reasons_;
};

}  // namespace

DataCheck check_data(const std::vector<storage::ContrastPair>& pairs,
                     const BehaviourRules& rules, const ModelHeader& model,
                     const std::string& where, std::size_t n_first) {
  DataCheck check;
  Reasons reasons;
  ItemMaker maker(rules, model);
  for (const storage::ContrastPair& pair : pairs) {
    try {
      for (const storage::ContrastPair& one : pairs_of(pair, rules.options)) {
        std::vector<BehaviourItem> items = maker.items(one);
        ++check.usable;
        if (check.first.size() == n_first) continue;
        check.first.push_back({one.line, maker.prompt_of(one).text,
                               answer_text(rules.chat_template, one.matching),
                               answer_text(rules.chat_template, one.other),
                               std::move(items)});
      }
    } catch (const JobError& error) {
      reasons.add(pair.line, error);
    }
  }
  check.left_out = reasons.take();
  try {
    check.behaviour = prepare_behaviour(pairs, rules, model, where);
  } catch (const JobError& error) {
    check.refused = error.what();
  }
  return check;
}

}  // namespace coxswain::jobs
