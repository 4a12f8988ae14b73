#include "analysis/steerability.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "analysis/labels.hpp"

namespace coxswain::analysis {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using storage::PropensityRow;

// The rows of one (variant, item), in multiplier order.
struct ItemRows {
  std::int32_t item = 0;
  std::vector<const PropensityRow*> rows;
};

struct ItemFacts {
  double slope = 0;
  int letter = 0;  // 1: A, -1: B, 0: words
  int cluster = 0;
};

double answer_mass(const PropensityRow& row) {
  return std::exp(double{row.logit_match} - double{row.log_sum_exp}) +
         std::exp(double{row.logit_other} - double{row.log_sum_exp});
}

class Summary {
 public:
  Summary(const storage::Results& results, std::int32_t variant)
      : results_(results) {
    out_.variant = variant;
  }

  void add(const ItemRows& item) {
    ++out_.n_items;
    std::vector<double> x, y;
    for (const PropensityRow* row : item.rows) {
      if (std::isnan(row->logit_match)) {
        ++out_.n_missing;
        return;
      }
      x.push_back(row->multiplier);
      y.push_back(double{row->logit_match} - double{row->logit_other});
      add_mass(*row, item);
    }
    const storage::ItemRow& facts =
        results_.items[static_cast<std::size_t>(item.item)];
    const std::string letter = facts.matching_letter.str();
    items_.push_back({slope(x, y),
                      letter == "A"   ? 1
                      : letter == "B" ? -1
                                      : 0,
                      facts.cluster});
  }

  Steerability finish() {
    double negative = 0;
    for (const ItemFacts& item : items_) {
      out_.item_slopes.push_back(item.slope);
      negative += item.slope < 0 ? 1 : 0;
    }
    out_.mean_slope = mean(out_.item_slopes);
    out_.share_negative = negative / static_cast<double>(items_.size());
    out_.answer_mass_clean = mean(clean_mass_);
    out_.answer_mass_steered = mean(steered_mass_);
    const std::vector<Cluster> groups = clusters();
    out_.content_slope = bootstrap(
        groups, [&](auto drawn) { return groups_mean(drawn, 0.5, 0.5); });
    out_.letter_slope = bootstrap(groups, [&](auto drawn) {
      return items_.empty() || items_[0].letter == 0
                 ? kNaN
                 : groups_mean(drawn, 0.5, -0.5);
    });
    const storage::VariantRow& variant =
        results_.variants[static_cast<std::size_t>(out_.variant)];
    out_.dose_per_multiplier =
        variant.norm /
        results_.vectors[static_cast<std::size_t>(variant.vector)]
            .median_activation_norm;
    return std::move(out_);
  }

 private:
  void add_mass(const PropensityRow& row, const ItemRows& item) {
    double largest = 0;
    for (const PropensityRow* other : item.rows) {
      largest = std::max(largest, std::abs(other->multiplier));
    }
    if (row.multiplier == 0) clean_mass_.push_back(answer_mass(row));
    if (std::abs(row.multiplier) == largest) {
      steered_mass_.push_back(answer_mass(row));
    }
  }

  // Items of one cluster are drawn together, within their letter.
  std::vector<Cluster> clusters() const {
    std::map<std::pair<int, int>, std::vector<std::size_t>> members;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      members[{items_[i].letter, items_[i].cluster}].push_back(i);
    }
    std::vector<Cluster> out;
    for (const auto& [key, indices] : members) {
      out.push_back({key.first, indices});
    }
    return out;
  }

  // Weighs the mean slopes of A items and B items; words have one group.
  double groups_mean(std::span<const std::size_t> drawn, double weight_a,
                     double weight_b) const {
    double sum[3] = {0, 0, 0};
    double n[3] = {0, 0, 0};
    for (const std::size_t i : drawn) {
      const auto group = static_cast<std::size_t>(items_[i].letter + 1);
      sum[group] += items_[i].slope;
      n[group] += 1;
    }
    if (n[1] > 0) return sum[1] / n[1];
    return weight_a * (sum[2] / n[2]) + weight_b * (sum[0] / n[0]);
  }

  const storage::Results& results_;
  Steerability out_;
  std::vector<ItemFacts> items_;
  std::vector<double> clean_mass_, steered_mass_;
};

}  // namespace

std::vector<Steerability> steerability(const storage::Results& results) {
  std::vector<std::map<std::int32_t, ItemRows>> by_variant(
      results.variants.size());
  for (const PropensityRow& row : results.propensity) {
    ItemRows& item =
        by_variant.at(static_cast<std::size_t>(row.variant))[row.item];
    item.item = row.item;
    item.rows.push_back(&row);
  }
  std::vector<Steerability> out;
  for (std::size_t variant = 0; variant < by_variant.size(); ++variant) {
    Summary summary(results, static_cast<std::int32_t>(variant));
    for (const auto& [number, item] : by_variant[variant]) summary.add(item);
    out.push_back(summary.finish());
  }
  return out;
}

const Steerability* original_of(const storage::Results& results,
                                const std::vector<Steerability>& all,
                                const storage::VariantRow& variant) {
  for (const Steerability& one : all) {
    const auto& other = results.variants[static_cast<std::size_t>(one.variant)];
    if (other.vector == variant.vector &&
        enumerated(results, "variants", other.source) == "original") {
      return &one;
    }
  }
  return nullptr;
}

bool steers(const Steerability& one) {
  return one.content_slope.low > 0 || one.content_slope.high < 0;
}

}  // namespace coxswain::analysis
