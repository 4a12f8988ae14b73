#include "analysis/measures/main_places.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "analysis/measures/labels.hpp"
#include "analysis/measures/resampling.hpp"

namespace coxswain::analysis {
namespace {

using storage::VariantSource;
using Candidates = std::vector<const Steerability*>;

bool has_sae(const ReportSource& source, const Steerability& one) {
  const storage::VariantRow& row = variant_row(source, one);
  return std::ranges::any_of(
      source.results.saes, [&](const storage::SaeRow& sae) {
        return sae.model == row.model && sae.layer == row.layer;
      });
}

// Whether it is the vector itself, of all pairs, under its behaviour's main
// operation.
bool is_main_original(const storage::VariantRow& row,
                      const std::vector<std::int32_t>& operations) {
  return source_of(row) == VariantSource::original && !is_resampled(row) &&
         row.operation ==
             operations.at(static_cast<std::size_t>(row.behaviour));
}

// Originals with a slope, by behaviour; of its main operation and its first
// dose rule alone.
std::map<std::int32_t, Candidates> originals_of(const ReportSource& source) {
  const std::vector<std::int32_t> operations = main_operations(source.results);
  std::map<std::int32_t, Candidates> all;
  for (const Steerability& one : source.slopes) {
    const storage::VariantRow& row = variant_row(source, one);
    if (!is_main_original(row, operations) ||
        std::isnan(one.content_slope.estimate)) {
      continue;
    }
    Candidates& of = all[row.behaviour];
    if (of.empty() ||
        variant_row(source, *of.front()).dose_rule == row.dose_rule) {
      of.push_back(&one);
    }
  }
  return all;
}

MainPlace chosen(const ReportSource& source, const Candidates& all) {
  if (all.size() == 1) return {all.front(), Chosen::only, 1};
  Candidates with_sae;
  std::ranges::copy_if(
      all, std::back_inserter(with_sae),
      [&](const Steerability* one) { return has_sae(source, *one); });
  if (with_sae.size() == 1) {
    return {with_sae.front(), Chosen::sae, all.size()};
  }
  const Candidates& from = with_sae.empty() ? all : with_sae;
  const auto largest =
      std::ranges::max_element(from, {}, [](const Steerability* one) {
        return std::abs(one->content_slope.estimate);
      });
  return {*largest, Chosen::largest, from.size()};
}

// Those of the layers that are named.
std::vector<MainPlace> at_named_layers(const ReportSource& source,
                                       const Candidates& all) {
  const Choice<std::int32_t>& layers = source.choices.layers;
  const Chosen how = all.size() == 1     ? Chosen::only
                     : layers.afterwards ? Chosen::picked
                                         : Chosen::named;
  std::vector<MainPlace> places;
  for (const std::int32_t layer : layers.values) {
    for (const Steerability* one : all) {
      if (variant_row(source, *one).layer != layer) continue;
      places.push_back({one, how, all.size()});
    }
  }
  return places;
}

}  // namespace

std::size_t picked_from(const MainPlace& place) {
  return place.chosen == Chosen::picked ? place.candidates : 1;
}

bool is_selected(Chosen chosen) {
  return chosen == Chosen::largest || chosen == Chosen::picked;
}

std::vector<MainPlace> main_places(const ReportSource& source) {
  std::vector<MainPlace> places;
  for (const auto& [behaviour, candidates] : originals_of(source)) {
    if (source.choices.layers.values.empty()) {
      places.push_back(chosen(source, candidates));
    } else {
      std::ranges::move(at_named_layers(source, candidates),
                        std::back_inserter(places));
    }
  }
  return places;
}

std::vector<const Steerability*> untold_originals(const ReportSource& source) {
  const auto told = originals_of(source);
  const std::vector<std::int32_t> operations = main_operations(source.results);
  std::map<std::int32_t, const Steerability*> first;
  for (const Steerability& one : source.slopes) {
    const storage::VariantRow& row = variant_row(source, one);
    if (is_main_original(row, operations) && !too_few(one).empty() &&
        !told.contains(row.behaviour)) {
      first.emplace(row.behaviour, &one);
    }
  }
  std::vector<const Steerability*> all;
  for (const auto& [behaviour, one] : first) all.push_back(one);
  return all;
}

MainVariants main_variants(const ReportSource& source,
                           const Steerability& original) {
  MainVariants out = variants_beside(source, original);
  if (source.choices.methods.values.empty()) return out;
  keep_named_methods(source, out.reconstructions);
  keep_named_methods(source, out.of_zero);
  keep_named_methods(source, out.silent);
  if (source.choices.methods.beforehand()) {
    out.candidates = out.reconstructions.size();
  }
  return out;
}

void keep_named_methods(const ReportSource& source,
                        std::vector<const Steerability*>& all) {
  const std::vector<std::string>& named = source.choices.methods.values;
  if (named.empty()) return;
  const auto place_of = [&](const Steerability* one) {
    const storage::DecompositionRow* row = decomposition_row(source, *one);
    // What is made of no decomposition has no method, and stays.
    return row == nullptr
               ? named.begin()
               : std::ranges::find(named, method_name(source.results, *row));
  };
  std::erase_if(all, [&](const Steerability* one) {
    return place_of(one) == named.end();
  });
  std::ranges::stable_sort(all, {}, place_of);
}

// Whether its method makes several of a vector: none of them stands for it.
static bool is_drawn(const ReportSource& source, const Steerability& one) {
  const storage::DecompositionRow* from = decomposition_row(source, one);
  return from != nullptr && from->draw >= 0;
}

MainVariants variants_beside(const ReportSource& source,
                             const Steerability& original) {
  const SteeredPlace place = place_of(variant_row(source, original));
  MainVariants out;
  for (const Steerability& one : source.slopes) {
    const storage::VariantRow& row = variant_row(source, one);
    const bool zero = source_of(row) == VariantSource::zero_reconstruction;
    if ((!zero && source_of(row) != VariantSource::reconstruction) ||
        place_of(row) != place || is_resampled(row) || is_drawn(source, one) ||
        !is(row.part, storage::Part::all) || one.items.empty()) {
      continue;
    }
    if (has_own_length(row)) {
      out.own_length = true;
    } else if (row.norm == 0) {
      out.silent.push_back(&one);
    } else {
      (zero ? out.of_zero : out.reconstructions).push_back(&one);
    }
  }
  out.candidates = out.reconstructions.size();
  return out;
}

const storage::VariantRow& variant_row(const ReportSource& source,
                                       const Steerability& one) {
  return source.results.variants[static_cast<std::size_t>(one.variant)];
}

const storage::DecompositionRow* decomposition_row(const ReportSource& source,
                                                   const Steerability& one) {
  const std::int32_t row = variant_row(source, one).decomposition;
  return row < 0
             ? nullptr
             : &source.results.decompositions[static_cast<std::size_t>(row)];
}

}  // namespace coxswain::analysis
