#include "analysis/measures/atom_curves.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <tuple>

#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/measures/resampling.hpp"
#include "analysis/measures/steered_place.hpp"

namespace coxswain::analysis {
namespace {

using storage::DecompositionRow;
using storage::NormRule;
using storage::Part;
using storage::VariantRow;

// What is made by one SAE of the vector of one place.
using PlaceAndSae = std::pair<SteeredPlace, std::int32_t>;
// One variant with what it is made of.
struct Made {
  const Steerability* one = nullptr;
  const VariantRow* row = nullptr;
  const DecompositionRow* from = nullptr;
};
using MadeBy = std::map<PlaceAndSae, std::vector<Made>>;

MadeBy made_by_saes(const ReportSource& source) {
  MadeBy all;
  for (const Steerability& one : source.slopes) {
    const VariantRow& row = variant_row(source, one);
    const DecompositionRow* from = decomposition_row(source, one);
    if (from == nullptr || from->vector != row.vector || is_resampled(row) ||
        !is(row.source, storage::VariantSource::reconstruction) ||
        std::isnan(one.content_slope.estimate)) {
      continue;
    }
    all[{place_of(row), from->sae}].push_back({&one, &row, from});
  }
  return all;
}

// The vector's own decompositions with first parts of this norm rule.
std::vector<std::int32_t> decompositions_of(const std::vector<Made>& all) {
  std::vector<std::int32_t> rows;
  for (const Made& one : all) {
    if (is(one.row->part, Part::first) && one.from->draw < 0 &&
        std::ranges::count(rows, one.row->decomposition) == 0) {
      rows.push_back(one.row->decomposition);
    }
  }
  return rows;
}

class CurveMaker {
 public:
  CurveMaker(const storage::Results& results, const std::vector<Made>& made,
             std::int32_t decomposition, NormRule norm)
      : results_(results),
        made_(made),
        decomposition_(decomposition),
        own_(results.decompositions[static_cast<std::size_t>(decomposition)]),
        norm_(norm) {}

  std::vector<AtomLevel> levels() const {
    std::map<int, AtomLevel> levels;
    for (const Made& one : made_) {
      if (one.row->decomposition == decomposition_ &&
          is(one.row->part, Part::first) && is(one.row->norm_rule, norm_)) {
        levels[one.row->part_k] = {
            one.row->part_k, one.one, nullptr, {}, {}, {}, {}};
      }
    }
    std::vector<AtomLevel> all;
    for (auto& [atoms, level] : levels) {
      fill(level);
      all.push_back(std::move(level));
    }
    return all;
  }

 private:
  void fill(AtomLevel& level) const {
    for (const Made& one : made_) {
      if (!is(one.row->norm_rule, norm_)) continue;
      if (one.row->decomposition == decomposition_) {
        if (is(one.row->part, Part::without_first) &&
            one.row->part_k == level.atoms) {
          level.without_first = one.one;
        }
      } else if (one.from->draw >= 0) {
        add_control(one, level);
      }
    }
  }

  void add_control(const Made& one, AtomLevel& level) const {
    const std::string method =
        enumerated(results_, "methods", one.from->method);
    const bool whole =
        is(one.row->part, Part::all) && one.from->parameter == level.atoms;
    const bool first =
        is(one.row->part, Part::first) && one.row->part_k == level.atoms;
    if (method == "random-support" && whole) {
      level.random.push_back(one.one);
    } else if (method == "random-cosine" && whole) {
      level.cosine.push_back(one.one);
    } else if (method == "rotated" && first) {
      level.rotated.push_back(one.one);
    } else if (method == "disjoint" && first && is_first_pursuit(*one.from)) {
      level.disjoint.push_back(one.one);
    }
  }

  // Whether the curve is of the pursuit whose atoms those did without.
  bool is_first_pursuit(const DecompositionRow& disjoint) const {
    return enumerated(results_, "methods", own_.method) == "omp" &&
           own_.parameter == disjoint.parameter;
  }

  const storage::Results& results_;
  const std::vector<Made>& made_;
  std::int32_t decomposition_;
  const DecompositionRow& own_;
  NormRule norm_;
};

}  // namespace

std::vector<AtomCurve> atom_curves(const ReportSource& source) {
  const MadeBy made = made_by_saes(source);
  const Originals originals(source.results, source.slopes);
  std::vector<AtomCurve> curves;
  for (const auto& [place, all] : made) {
    const Steerability* original = originals.of(*all.front().row);
    if (original == nullptr || original->items.empty()) continue;
    for (const std::int32_t decomposition : decompositions_of(all)) {
      for (const NormRule norm : {NormRule::as_is, NormRule::equal}) {
        AtomCurve curve{original, decomposition, norm, {}};
        curve.levels =
            CurveMaker(source.results, all, decomposition, norm).levels();
        if (!curve.levels.empty()) curves.push_back(std::move(curve));
      }
    }
  }
  std::ranges::stable_sort(curves, {}, [](const AtomCurve& one) {
    return std::tuple(one.original->variant, one.decomposition);
  });
  return curves;
}

std::vector<AtomEffect> atom_effects(const ReportSource& source,
                                     const AtomCurve& curve) {
  const std::vector<Atom> atoms = atoms_of(source.results, curve.decomposition);
  const SteeredPlace place = place_of(variant_row(source, *curve.original));
  std::vector<AtomEffect> effects;
  for (std::size_t rank = 0; rank < atoms.size(); ++rank) {
    effects.push_back({atoms[rank], rank, nullptr, nullptr, nullptr});
  }
  for (const Steerability& one : source.slopes) {
    const VariantRow& row = variant_row(source, one);
    if (row.decomposition != curve.decomposition || place_of(row) != place ||
        !is(row.norm_rule, NormRule::as_is) || row.part_k < 0 ||
        static_cast<std::size_t>(row.part_k) >= effects.size() ||
        std::isnan(one.content_slope.estimate)) {
      continue;
    }
    AtomEffect& of = effects[static_cast<std::size_t>(row.part_k)];
    if (is(row.part, Part::atom)) of.single = &one;
    if (is(row.part, Part::minus_atom)) of.minus = &one;
    if (is(row.part, Part::off_atom)) of.off = &one;
  }
  std::erase_if(effects, [](const AtomEffect& one) {
    return one.single == nullptr && one.minus == nullptr && one.off == nullptr;
  });
  return effects;
}

}  // namespace coxswain::analysis
