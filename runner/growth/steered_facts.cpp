#include "runner/growth/steered_facts.hpp"

#include <fmt/format.h>

#include <string_view>

#include "runner/growth/field_words.hpp"
#include "runner/sweep/choice_axes.hpp"

namespace coxswain::runner {
namespace {

// Of vectors that act beside the variant's own, on higher layers.
void add_further(const jobs::SteeredVariant& one,
                 const std::vector<VariantFacts>& made, Facts& facts) {
  if (one.further.empty()) return;
  std::string layers = fmt::format("layers {}", one.layer);
  for (const jobs::FurtherVector& further : one.further) {
    layers += fmt::format(", {}", further.layer);
    for (const auto& [field, value] :
         made.at(static_cast<std::size_t>(further.row))) {
      facts[field].add(value);
    }
  }
  facts[field::kTogether].add(layers);
}

}  // namespace

CellTraits add_steered_facts(const jobs::EvaluateTask& task,
                             std::size_t variant,
                             const std::vector<VariantFacts>& made,
                             CellTraits row, Facts& facts) {
  const jobs::SteeredVariant& one = task.variants.at(variant);
  row.layer = one.layer;
  const jobs::Operation operation = operation_of(task, variant);
  row.operation = sweep_name_of(operation);
  // Of addition nothing is said, as before there was anything else.
  if (operation != jobs::Operation::add) {
    facts[field::kOperation].add(row.operation);
  }
  if (operation == jobs::Operation::clamp) {
    facts[field::kClamp].add(fmt::format("{}", one.clamped_to));
  }
  add_further(one, made, facts);
  for (const auto& [field, value] :
       made.at(static_cast<std::size_t>(one.row))) {
    facts[field].add(value);
    const std::string_view name = field;
    if (name == field::kVariant) row.variants.push_back(value);
    if (name == field::kSae) row.sae = value;
    if (name == field::kMethod) row.method = value;
    if (name == field::kSeed && value.starts_with("resampled") &&
        !row.method.empty()) {
      row.variants.emplace_back("resampled");
    }
  }
  return row;
}

}  // namespace coxswain::runner
