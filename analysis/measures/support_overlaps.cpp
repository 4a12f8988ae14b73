#include "analysis/measures/support_overlaps.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "analysis/measures/atoms.hpp"
#include "analysis/measures/item_slopes.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/measures/vector_codes.hpp"
#include "storage/results/model_rows.hpp"

namespace coxswain::analysis {
namespace {

using storage::Control;
using storage::DecompositionRow;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Support = std::map<std::int32_t, double>;  // coefficients by feature

// The strongest atoms; empty where there are none.
Support support_of(const storage::Results& results, std::size_t row,
                   std::size_t atoms) {
  std::vector<Atom> all = atoms_of(results, static_cast<std::int32_t>(row));
  all.resize(std::min(all.size(), atoms));
  Support support;
  for (const Atom& one : all) support[one.feature] = one.coefficient;
  return support;
}

// Jaccard's index and the rank correlation of two supports, gathered.
class Overlaps {
 public:
  void add(const Support& a, const Support& b) {
    if (a.empty() || b.empty()) return;
    std::set<std::int32_t> either;
    for (const auto& [feature, coefficient] : a) either.insert(feature);
    for (const auto& [feature, coefficient] : b) either.insert(feature);
    std::vector<double> x, y;
    for (const std::int32_t feature : either) {
      x.push_back(a.contains(feature) ? a.at(feature) : 0);
      y.push_back(b.contains(feature) ? b.at(feature) : 0);
    }
    add(static_cast<double>(a.size() + b.size() - either.size()) /
            static_cast<double>(either.size()),
        analysis::rank_correlation(x, y));
  }

  void add(double jaccard, double rank_correlation) {
    jaccards_.push_back(jaccard);
    ranks_.push_back(rank_correlation);
  }

  void put(OtherSupport other, const std::string& name, std::size_t atoms,
           std::vector<SupportOverlap>& all) const {
    if (jaccards_.empty()) return;
    all.push_back({other,
                   name,
                   atoms,
                   jaccards_.size(),
                   {mean(jaccards_), std::ranges::min(jaccards_),
                    std::ranges::max(jaccards_)},
                   mean_present(ranks_)});
  }

 private:
  std::vector<double> jaccards_, ranks_;
};

// One curve's.
class Comparer {
 public:
  Comparer(const ReportSource& source, const AtomCurve& curve,
           std::size_t atoms)
      : source_(source),
        results_(source.results),
        curve_(curve),
        own_(
            results_
                .decompositions[static_cast<std::size_t>(curve.decomposition)]),
        atoms_(atoms),
        support_(support_of(
            results_, static_cast<std::size_t>(curve.decomposition), atoms)) {}

  std::vector<SupportOverlap> compare() {
    add_resampled();
    add_others();
    for (const auto& [control, other] :
         {std::pair(Control::covariance, OtherSupport::covariance),
          std::pair(Control::shuffled, OtherSupport::shuffled)}) {
      add_among(control, other);
    }
    add_matched();
    return std::move(all_);
  }

 private:
  // Alike in all but vector, SAE and method.
  bool is_alike(const DecompositionRow& row) const {
    return row.draw < 0 && row.scale == own_.scale &&
           row.b_dec_input == own_.b_dec_input &&
           row.b_dec_output == own_.b_dec_output && row.model == own_.model;
  }
  bool is_by_same_method(const DecompositionRow& row) const {
    return row.method == own_.method && row.parameter == own_.parameter;
  }
  bool is_control(const DecompositionRow& row, Control control) const {
    return is_alike(row) && is_by_same_method(row) && row.sae == own_.sae &&
           row.vector == own_.vector && is(row.control, control);
  }

  void add_resampled() {
    Overlaps overlaps;
    for (std::size_t i = 0; i < results_.decompositions.size(); ++i) {
      if (!is_control(results_.decompositions[i], Control::resampled)) continue;
      overlaps.add(support_, support_of(results_, i, atoms_));
    }
    overlaps.put(OtherSupport::resampled, "", atoms_, all_);
  }

  // The same vector by other methods, other behaviours' by the same one.
  void add_others() {
    for (std::size_t i = 0; i < results_.decompositions.size(); ++i) {
      const DecompositionRow& row = results_.decompositions[i];
      if (!is_alike(row) || row.sae != own_.sae || row.vector < 0 ||
          !is(row.control, Control::none)) {
        continue;
      }
      const bool vector = row.vector == own_.vector;
      if (vector == is_by_same_method(row)) continue;
      Overlaps overlaps;
      overlaps.add(support_, support_of(results_, i, atoms_));
      if (vector) {
        overlaps.put(OtherSupport::method, method_name(results_, row), atoms_,
                     all_);
      } else if (is_by_same_method(row)) {
        overlaps.put(OtherSupport::behaviour, vector_name(results_, row.vector),
                     atoms_, all_);
      }
    }
  }

  void add_among(Control control, OtherSupport other) {
    std::vector<Support> supports;
    for (std::size_t i = 0; i < results_.decompositions.size(); ++i) {
      if (is_control(results_.decompositions[i], control)) {
        supports.push_back(support_of(results_, i, atoms_));
      }
    }
    Overlaps overlaps;
    for (std::size_t i = 0; i < supports.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        overlaps.add(supports[i], supports[j]);
      }
    }
    overlaps.put(other, "", atoms_, all_);
  }

  // Atoms that were steered alone, as long as they are: their vectors say where
  // their decoder rows point.
  std::vector<std::vector<float>> steered_rows(
      const storage::ModelRows& vectors, const AtomCurve& curve) const {
    std::vector<std::vector<float>> rows;
    for (const AtomEffect& one : atom_effects(source_, curve)) {
      if (one.single == nullptr || one.rank >= atoms_) continue;
      rows.push_back(
          vectors.floats(static_cast<std::size_t>(one.single->variant)));
    }
    return rows;
  }

  static double cosine(const std::vector<float>& a,
                       const std::vector<float>& b) {
    if (a.size() != b.size()) return 0;
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double x = a[i], y = b[i];
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
  }

  // Pairs of rows that are each other's nearest, and near.
  static std::size_t matched(const std::vector<std::vector<float>>& a,
                             const std::vector<std::vector<float>>& b) {
    const auto nearest = [](const auto& row, const auto& among) {
      std::size_t best = 0;
      double most = -1;
      for (std::size_t i = 0; i < among.size(); ++i) {
        const double near = std::abs(cosine(row, among[i]));
        if (near > most) {
          most = near;
          best = i;
        }
      }
      return std::pair(best, most);
    };
    std::size_t n = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const auto [j, near] = nearest(a[i], b);
      if (near >= kSameRow && nearest(b[j], a).first == i) ++n;
    }
    return n;
  }

  // The same vector by the other SAEs of its layer.
  void add_matched() {
    if (!storage::has_model_rows(results_, "variant_vectors")) return;
    const storage::ModelRows vectors(results_, "variant_vectors");
    const auto own = steered_rows(vectors, curve_);
    if (own.empty()) return;
    for (const AtomCurve& other : atom_curves(source_)) {
      const DecompositionRow& row =
          results_
              .decompositions[static_cast<std::size_t>(other.decomposition)];
      if (other.original != curve_.original || row.sae == own_.sae ||
          other.norm != storage::NormRule::as_is || !is_by_same_method(row)) {
        continue;
      }
      const auto theirs = steered_rows(vectors, other);
      if (theirs.empty()) continue;
      const std::size_t both = matched(own, theirs);
      Overlaps overlaps;
      overlaps.add(static_cast<double>(both) /
                       static_cast<double>(own.size() + theirs.size() - both),
                   kNaN);
      overlaps.put(OtherSupport::decoder_rows, sae_name(results_, row.sae),
                   std::max(own.size(), theirs.size()), all_);
    }
  }

  const ReportSource& source_;
  const storage::Results& results_;
  const AtomCurve& curve_;
  const DecompositionRow& own_;
  std::size_t atoms_;
  Support support_;
  std::vector<SupportOverlap> all_;
};

}  // namespace

const char* name_of(OtherSupport other) {
  switch (other) {
    case OtherSupport::resampled:
      return "vectors of resampled pairs";
    case OtherSupport::method:
      return "another method";
    case OtherSupport::behaviour:
      return "another behaviour";
    case OtherSupport::covariance:
      return "covariance noise, among each other";
    case OtherSupport::shuffled:
      return "shuffled labels, among each other";
    case OtherSupport::decoder_rows:
      return "another SAE, by decoder rows";
  }
  return "?";
}

std::vector<SupportOverlap> support_overlaps(const ReportSource& source,
                                             const AtomCurve& curve,
                                             std::size_t atoms) {
  return Comparer(source, curve, atoms).compare();
}

}  // namespace coxswain::analysis
