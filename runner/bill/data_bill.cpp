#include "runner/bill/data_bill.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "analysis/statistics/detectable_effect.hpp"
#include "runner/base/counted.hpp"

namespace coxswain::runner {
namespace {

// Which answers match in each test cluster; 0 where there are more than two.
std::map<int, std::set<int>> answers_of(const jobs::Behaviour& behaviour) {
  std::map<int, std::set<int>> answers;
  for (const jobs::BehaviourItem& item : behaviour.test) {
    answers[item.cluster].insert(item.matching_answer);
  }
  return answers;
}

void add_power(const jobs::Behaviour& behaviour, DataBill& data) {
  AnswerClusters of;
  int both = 0;
  for (const auto& [cluster, answers] : answers_of(behaviour)) {
    of.first += answers.contains(1) ? 1 : 0;
    of.second += answers.contains(-1) ? 1 : 0;
    both += answers.size() > 1 ? 1 : 0;
  }
  const bool apart = behaviour.answers && both < data.test_clusters;
  if (apart) data.answers = of;
  const double effect = apart ? analysis::detectable_effect(of.first, of.second)
                              : analysis::detectable_effect(data.test_clusters);
  if (!std::isnan(effect)) data.detectable = effect;
}

}  // namespace

std::vector<DataBill> data_of(const Plan& plan) {
  std::vector<DataBill> all;
  for (const BehaviourIndex index : behaviours_of(plan)) {
    const jobs::Behaviour& behaviour = at(plan.behaviours, index);
    DataBill data;
    data.behaviour = at(plan.data, index).behaviour;
    data.model = at(plan.models, model_of(plan, index)).entry.id;
    data.pairs = behaviour.lines;
    data.left_out = static_cast<int>(behaviour.left_out.size());
    data.stored = !plan.sweep.stored.source.empty();
    if (!data.stored) {
      data.train = static_cast<int>(behaviour.train.size());
      data.test = static_cast<int>(behaviour.test.size());
      data.cluster = jobs::name_of(behaviour.cluster_rule);
      data.train_clusters = behaviour.train_clusters;
      data.test_clusters = behaviour.test_clusters;
      data.shared_clusters = behaviour.shared_clusters;
      add_power(behaviour, data);
    }
    all.push_back(data);
  }
  return all;
}

std::string items_text(const DataBill& data) {
  if (data.stored) return counted(data.pairs, "pair") + ", stored";
  return fmt::format("{}, {} train, {} test, {} left out",
                     counted(data.pairs, "pair"), data.train, data.test,
                     data.left_out);
}

std::string clusters_text(const DataBill& data) {
  const std::string text = fmt::format(
      "{} to train, {} to test{}, each a {}: ",
      counted(data.train_clusters, "cluster"), data.test_clusters,
      data.shared_clusters > 0
          ? fmt::format(" ({} of them in training, too)", data.shared_clusters)
          : "",
      data.cluster);
  if (data.detectable) {
    return text + fmt::format(
                      "finds an effect of {:.2f} standard deviations of their "
                      "slopes four times in five",
                      *data.detectable);
  }
  if (data.answers && data.test_clusters >= analysis::kLeastClusters) {
    return text + fmt::format(
                      "too few clusters of one answer for an interval ({} and "
                      "{}, of {} each)",
                      data.answers->first, data.answers->second,
                      analysis::kLeastOfAnswer);
  }
  return text + fmt::format("too few clusters for an interval ({} of {})",
                            data.test_clusters, analysis::kLeastClusters);
}

nlohmann::json to_json(const DataBill& data) {
  using nlohmann::json;
  const auto& answers = data.answers;
  return {{"behaviour", data.behaviour},
          {"model", data.model},
          {"pairs", data.pairs},
          {"left_out", data.left_out},
          {"train", data.train},
          {"test", data.test},
          {"cluster", data.cluster},
          {"train_clusters", data.train_clusters},
          {"test_clusters", data.test_clusters},
          {"shared_clusters", data.shared_clusters},
          {"first", answers ? json(answers->first) : json()},
          {"second", answers ? json(answers->second) : json()},
          {"detectable", data.detectable ? json(*data.detectable) : json()}};
}

}  // namespace coxswain::runner
