#include "analysis/measures/comparisons.hpp"
#include "analysis/measures/decompositions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "analysis/forms/sentences.hpp"
#include "analysis/measures/equal_vectors.hpp"
#include "analysis/measures/item_designs.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/noise.hpp"
#include "analysis/measures/resampling.hpp"
#include "analysis/measures/row_words.hpp"
#include "analysis/measures/shared_items.hpp"
#include "analysis/statistics/comparison_family.hpp"

namespace coxswain::analysis {
namespace {

using storage::VariantRow;
using storage::VariantSource;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

template <class T>
bool has(const std::vector<T>& all, const T& one) {
  return std::ranges::count(all, one) > 0;
}

// Which family a variant's comparison is of.
class Families {
 public:
  Families(const storage::Results& results, const ReportChoices& choices)
      : results_(results),
        choices_(choices),
        operations_(main_operations(results)) {}

  Family of(const VariantRow& row) const {
    const bool singled_out =
        (!choices_.layers.beforehand() ||
         has(choices_.layers.values, row.layer)) &&
        row.operation ==
            operations_.at(static_cast<std::size_t>(row.behaviour));
    if (source_of(row) == VariantSource::original) {
      return singled_out ? Family::slopes : Family::other_slopes;
    }
    if (!choices_.contrasts.values.empty() && choices_.contrasts.afterwards) {
      return Family::main;
    }
    return singled_out && is_of_named_method(row) && is_main_contrast(row)
               ? Family::main
               : Family::exploratory;
  }

 private:
  // What is made of no decomposition has no method to be named.
  bool is_of_named_method(const VariantRow& row) const {
    if (!choices_.methods.beforehand() || row.decomposition < 0) return true;
    const auto& decomposition =
        results_.decompositions[static_cast<std::size_t>(row.decomposition)];
    return has(choices_.methods.values, method_name(results_, decomposition));
  }

  bool is_main_contrast(const VariantRow& row) const {
    if (has_own_length(row)) return false;
    if (choices_.contrasts.beforehand()) {
      return has(choices_.contrasts.values, row_word(results_, row));
    }
    const VariantSource source = source_of(row);
    return (source == VariantSource::reconstruction ||
            source == VariantSource::zero_reconstruction) &&
           is(row.part, storage::Part::all);
  }

  const storage::Results& results_;
  const ReportChoices& choices_;
  std::vector<std::int32_t> operations_;  // of behaviours
};

// The group of a behaviour's signs, by its name and data: the same in every
// sweep that has it, and for every model that is shown it (FNV-1a).
int group_of(const storage::BehaviourRow& behaviour) {
  std::uint32_t hash = 2166136261U;
  for (const char c : behaviour.name.str() + "/" + behaviour.digest.str()) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  return static_cast<int>(hash >> 1U);
}

// What may be compared, those of the main family before all but originals: of
// equal vectors the first one counts.
std::vector<std::int32_t> compared(const storage::Results& results,
                                   const std::vector<Steerability>& slopes,
                                   const Families& families) {
  std::vector<std::int32_t> rows;
  for (const Family family : {Family::slopes, Family::other_slopes,
                              Family::main, Family::exploratory}) {
    for (const Steerability& one : slopes) {
      const auto& row = results.variants[static_cast<std::size_t>(one.variant)];
      if (is_noise(source_of(row)) || is_resampled(row) ||
          is_support_control(results, row) || one.items.empty() ||
          families.of(row) != family) {
        continue;
      }
      rows.push_back(one.variant);
    }
  }
  return rows;
}

// Fills the comparisons of all variants, and then the families.
class Maker {
 public:
  Maker(const storage::Results& results,
        const std::vector<Steerability>& slopes, const ReportChoices& choices)
      : results_(results),
        slopes_(slopes),
        families_(results, choices),
        designs_(results),
        originals_(results, slopes),
        compared_(compared(results, slopes, families_)),
        first_(equal_vectors(results, compared_)) {
    out_.of.assign(slopes.size(), {Family::none, kNaN, kNaN, ""});
  }

  Comparisons make() {
    out_.main = adjust(Family::main);
    out_.exploratory = adjust(Family::exploratory);
    out_.slopes = adjust(Family::slopes);
    out_.other_slopes = adjust(Family::other_slopes);
    return std::move(out_);
  }

 private:
  // One family: its comparisons' p, and how many there are.
  FamilySize adjust(Family family) {
    std::vector<std::size_t> variants;
    std::vector<ClusterComparison> tested;
    for (const std::int32_t variant : compared_) {
      const auto i = static_cast<std::size_t>(variant);
      if (families_.of(results_.variants[i]) == family &&
          add(i, family, tested)) {
        variants.push_back(i);
      }
    }
    const std::vector<FamilyP> found = family_p(tested);
    FamilySize size{tested.size(), 0, 0, kNaN};
    for (std::size_t k = 0; k < found.size(); ++k) {
      out_.of[variants[k]].p = found[k].p;
      out_.of[variants[k]].adjusted = found[k].adjusted;
      const std::size_t n = tested[k].clusters.size();
      size.fewest = k == 0 ? n : std::min(size.fewest, n);
      size.most = std::max(size.most, n);
    }
    if (size.n > 0) size.floor = smallest_p(size.fewest);
    return size;
  }

  // Whether the variant is compared; else it has a remark.
  bool add(std::size_t i, Family family,
           std::vector<ClusterComparison>& tested) {
    Compared& out = out_.of[i];
    const Steerability& one = slopes_[i];
    if (family == Family::slopes || family == Family::other_slopes) {
      if (!one.enough) return false;  // its slope says so
      out.family = family;
      tested.push_back(comparison(i, designs_.of(one.items), one.item_slopes));
      return true;
    }
    const Steerability* original = originals_.of(results_.variants[i]);
    if (original == nullptr || original->items.empty()) return false;
    out.remark = same_by_itself(i);
    if (!out.remark.empty()) return false;
    SharedItems shared = shared_items(one, *original);
    const ClusterDesign& design = designs_.of(shared.items);
    if (!design.enough()) return false;  // its slope says so, or its items
    for (std::size_t k = 0; k < shared.first.size(); ++k) {
      shared.first[k] -= shared.second[k];
    }
    out.family = family;
    tested.push_back(comparison(i, design, shared.first));
    return true;
  }

  // What needs no test: what a variant adds says it all.
  std::string same_by_itself(std::size_t i) const {
    if (results_.variants[i].norm == 0) return "adds nothing";
    const auto first = static_cast<std::size_t>(first_[i]);
    if (first == i) return "";
    return "same vector as " + variant_name(results_, results_.variants[first]);
  }

  ClusterComparison comparison(std::size_t variant, const ClusterDesign& design,
                               const std::vector<double>& values) const {
    ClusterComparison out;
    const std::int32_t behaviour = results_.variants[variant].behaviour;
    out.group =
        group_of(results_.behaviours.at(static_cast<std::size_t>(behaviour)));
    out.clusters = design.clusters();
    out.differences = design.cluster_means(values);
    // Where clusters have one answer, what follows the answer must not be
    // flipped with the content.
    out.answers = design.answers();
    return out;
  }

  const storage::Results& results_;
  const std::vector<Steerability>& slopes_;
  Families families_;
  ItemDesigns designs_;
  Originals originals_;
  std::vector<std::int32_t> compared_, first_;
  Comparisons out_;
};

}  // namespace

std::string name_of(Family family) {
  switch (family) {
    case Family::none:
      return "";
    case Family::main:
      return "main";
    case Family::exploratory:
      return "exploratory";
    case Family::slopes:
      return "slopes";
    case Family::other_slopes:
      return "other slopes";
  }
  return "?";
}

std::string size_text(const FamilySize& size) {
  assert(size.n > 0 && size.floor > 0);
  // Two significant digits, without an exponent.
  const int decimals = 1 - static_cast<int>(std::floor(std::log10(size.floor)));
  const bool one = size.fewest == size.most;
  std::string out = fmt::format(
      "{} on {} clusters, p at least {:.{}f}", counted(size.n, "comparison"),
      one ? fmt::format("{}", size.most)
          : fmt::format("{} to {}", size.fewest, size.most),
      size.floor, std::max(decimals, 0));
  if (!one) out += fmt::format(" on {}", size.fewest);
  return out;
}

Comparisons comparisons(const storage::Results& results,
                        const std::vector<Steerability>& slopes,
                        const ReportChoices& choices) {
  assert(slopes.size() == results.variants.size() && "an entry a variant");
  return Maker(results, slopes, choices).make();
}

}  // namespace coxswain::analysis
