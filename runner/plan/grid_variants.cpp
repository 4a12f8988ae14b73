// The part of the grid that says what is added to the model.

#include <fmt/format.h>

#include <algorithm>

#include "runner/base/exit_code.hpp"
#include "runner/plan/grid.hpp"
#include "runner/plan/names.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

// A plan has a row for each in memory.
constexpr std::int64_t kMostSteered = 50'000'000;

}  // namespace

bool Grid::wants(jobs::VariantSource source) const {
  if (source == jobs::VariantSource::resampled) {
    return plan_.sweep.resample > 0 && wants(jobs::VariantSource::original);
  }
  return std::ranges::count(plan_.sweep.steer.variants, source) > 0;
}

// Vectors rebuilt by SAEs of this layer, by every method, part and norm rule.
void Grid::add_rebuilt(std::size_t behaviour, const jobs::VariantRequest& base,
                       int layer, std::vector<std::size_t>& inputs,
                       std::vector<jobs::VariantRequest>& requests) {
  using Source = jobs::VariantSource;
  const SteerEntry& steer = plan_.sweep.steer;
  if (!wants(Source::reconstruction) && !wants(Source::zero_reconstruction)) {
    return;
  }
  const std::size_t model = model_of(behaviour);
  const std::size_t among = behaviour - plan_.models[model].first_behaviour;
  for (const PlannedSae& sae : saes_) {
    if (sae.entry.layer != layer || sae.model != model) continue;
    inputs.push_back(sae.task);
    const std::size_t before = requests.size();
    const auto add = [&](Source source, std::size_t method,
                         const PlannedSae::Rebuilt& from,
                         const PartChoice& part, jobs::NormRule norm) {
      if (from.part < 0) return;
      jobs::VariantRequest request = base;
      request.source = source;
      request.input = static_cast<std::int32_t>(inputs.size()) - 1;
      request.row = from.part;
      request.norm_rule = norm;
      storage::VariantRow row;
      row.layer = layer;
      row.decomposition =
          static_cast<std::int32_t>(sae.first_row) + from.request;
      row.part = static_cast<std::int32_t>(part.part);
      row.part_k = part.k;
      CellTraits traits = traits_of(behaviour, layer);
      traits.sae = sae.entry.id;
      traits.method = jobs::spelling(steer.methods[method]);
      add_variant(traits, behaviour, request, row, requests);
    };
    for (const jobs::NormRule norm : steer.norms) {
      for (std::size_t m = 0; m < steer.methods.size(); ++m) {
        for (std::size_t p = 0;
             wants(Source::reconstruction) && p < steer.parts.size(); ++p) {
          add(Source::reconstruction, m, sae.rebuilt[among][m][p],
              steer.parts[p], norm);
        }
        if (wants(Source::zero_reconstruction)) {
          add(Source::zero_reconstruction, m, sae.zero[m], {}, norm);
        }
      }
    }
    if (requests.size() == before) inputs.pop_back();
  }
}

void Grid::add_stand_ins(std::size_t behaviour,
                         const jobs::VariantRequest& base, int layer,
                         std::vector<std::size_t>& inputs,
                         std::vector<jobs::VariantRequest>& requests) {
  using Source = jobs::VariantSource;
  storage::VariantRow row;
  row.layer = layer;
  for (const Source source : {Source::random, Source::covariance,
                              Source::shuffled, Source::resampled}) {
    const bool resampled = source == Source::resampled;
    const int n = resampled ? plan_.sweep.resample : plan_.sweep.steer.random;
    for (int seed = 0; wants(source) && seed < n; ++seed) {
      jobs::VariantRequest request = base;
      request.source = source;
      // A resampled vector stands for the original in all, length included.
      if (resampled) request.norm_rule = jobs::NormRule::as_is;
      request.random_key = control_key(
          jobs::control_of(source),
          vector_row(static_cast<std::int32_t>(behaviour), layer), seed);
      row.seed = seed;
      add_variant(traits_of(behaviour, layer), behaviour, request, row,
                  requests);
    }
  }
  row.seed = -1;
  for (std::size_t other = 0; wants(Source::other) && other < plan_.data.size();
       ++other) {
    if (other == behaviour || model_of(other) != model_of(behaviour) ||
        !wants_vector(static_cast<std::int32_t>(other), layer)) {
      continue;
    }
    jobs::VariantRequest request = base;
    request.source = Source::other;
    request.input = static_cast<std::int32_t>(inputs.size());
    request.row = base.vector_layer;
    inputs.push_back(vector_tasks_[other]);
    row.other = vector_row(static_cast<std::int32_t>(other), layer);
    if (!add_variant(traits_of(behaviour, layer), behaviour, request, row,
                     requests)) {
      inputs.pop_back();
    }
  }
}

// Of letters: the planted vector must move the content with the sign of each
// item's matching letter, and the letter alone without it.
void Grid::add_known_answers(std::size_t behaviour,
                             const jobs::VariantRequest& base, int layer,
                             std::vector<jobs::VariantRequest>& requests) {
  using Source = jobs::VariantSource;
  const auto& train = plan_.behaviours[behaviour].train;
  const auto matches = [&](std::int8_t sign) {
    return std::ranges::any_of(train, [&](const jobs::BehaviourItem& item) {
      return item.tokens.letter_sign == sign;
    });
  };
  storage::VariantRow row;
  row.layer = layer;
  const auto add = [&](const jobs::VariantRequest& request) {
    add_variant(traits_of(behaviour, layer), behaviour, request, row, requests);
  };
  for (const Source source : {Source::balanced, Source::letter}) {
    if (!wants(source) || !matches(1) || !matches(-1)) continue;
    jobs::VariantRequest request = base;
    request.source = source;
    request.norm_rule = jobs::NormRule::as_is;
    add(request);
  }
  if (!wants(Source::planted) || !plan_.behaviours[behaviour].letters) return;
  const jobs::ContrastTokens& one = train[0].tokens;
  jobs::VariantRequest request = base;
  request.source = Source::planted;
  request.token_a = one.letter_sign > 0 ? one.token_match : one.token_other;
  request.token_b = one.letter_sign > 0 ? one.token_other : one.token_match;
  for (const auto rule :
       {jobs::SignRule::matching_letter, jobs::SignRule::fixed}) {
    request.sign_rule = rule;
    add(request);
  }
}

std::vector<jobs::VariantRequest> Grid::variant_requests(
    std::size_t behaviour, std::vector<std::size_t>& inputs) {
  const Sweep& sweep = plan_.sweep;
  std::vector<jobs::VariantRequest> requests;
  for (const int layer : sweep.steer.layers) {
    if (!wants_vector(static_cast<std::int32_t>(behaviour), layer)) continue;
    jobs::VariantRequest base;
    base.vector_layer = layer_row(layer);
    storage::VariantRow row;
    row.layer = layer;
    for (const jobs::DoseRule dose : sweep.steer.doses) {
      base.dose_rule = dose;
      if (wants(jobs::VariantSource::original)) {
        jobs::VariantRequest request = base;
        request.norm_rule = jobs::NormRule::as_is;
        add_variant(traits_of(behaviour, layer), behaviour, request, row,
                    requests);
      }
      add_rebuilt(behaviour, base, layer, inputs, requests);
      add_stand_ins(behaviour, base, layer, inputs, requests);
      add_known_answers(behaviour, base, layer, requests);
    }
  }
  return requests;
}

// Refused before there is a row for each.
void Grid::count_steered(std::size_t behaviour, std::size_t n_multipliers) {
  steered_cells_ += std::ssize(plan_.behaviours[behaviour].test) *
                    static_cast<std::int64_t>(n_multipliers);
  if (steered_cells_ <= kMostSteered) return;
  throw ProgramError(
      ExitCode::bad_sweep,
      storage::Fault{plan_.sweep.path, "steer",
                     "more than " + std::to_string(kMostSteered) +
                         " cells of items, variants and multipliers",
                     "as many at most", "fewer of these, or several sweeps"});
}

bool Grid::add_variant(CellTraits traits, std::size_t behaviour,
                       const jobs::VariantRequest& request,
                       storage::VariantRow row,
                       std::vector<jobs::VariantRequest>& requests) {
  traits.variant = jobs::name_of(request.source);
  std::vector<double> multipliers;
  for (const double multiplier : plan_.data[behaviour].multipliers) {
    traits.multiplier = multiplier;
    if (selection_.keeps(traits)) multipliers.push_back(multiplier);
  }
  if (multipliers.empty()) return false;
  count_steered(behaviour, multipliers.size());
  row.id = static_cast<std::int32_t>(plan_.tables.variants.size());
  row.model = static_cast<std::int32_t>(model_of(behaviour));
  row.behaviour = static_cast<std::int32_t>(behaviour);
  row.vector = vector_row(row.behaviour, row.layer);
  row.source = static_cast<std::int32_t>(request.source);
  row.norm_rule = static_cast<std::int32_t>(request.norm_rule);
  row.sign_rule = static_cast<std::int32_t>(request.sign_rule);
  row.dose_rule = static_cast<std::int32_t>(request.dose_rule);
  row.control = static_cast<std::int32_t>(jobs::control_of(request.source));
  variant_rows_.back().push_back(plan_.tables.variants.size());
  auto& groups = steered_.back();
  auto group = std::ranges::find(groups, multipliers, &Steered::multipliers);
  if (group == groups.end()) {
    groups.push_back({std::move(multipliers), {}});
    group = groups.end() - 1;
  }
  group->rows.push_back(plan_.tables.variants.size());
  variant_keys_.push_back(variant_key(row, request));
  plan_.tables.variants.push_back(row);
  requests.push_back(request);
  return true;
}

// What a variant's key says of its dose: nothing of the raw one, the only one
// there was before.
std::string Grid::dose_name(const storage::VariantRow& row) const {
  const auto rule = static_cast<jobs::DoseRule>(row.dose_rule);
  if (rule == jobs::DoseRule::raw) return {};
  std::string behaviours;
  for (const storage::VectorRow& vector : plan_.tables.vectors) {
    if (rule == jobs::DoseRule::behaviour_mean && vector.model == row.model &&
        vector.layer == row.layer) {
      behaviours += " " + cell_name(vector.cell);
    }
  }
  return fmt::format(" dose={}{}", row.dose_rule, behaviours);
}

storage::Key Grid::variant_key(const storage::VariantRow& row,
                               const jobs::VariantRequest& request) const {
  const auto cell_of = [&](const auto& rows, std::int32_t index) {
    return index < 0 ? std::string("none")
                     : cell_name(rows[static_cast<std::size_t>(index)].cell);
  };
  return cell_key(fmt::format(
      "variant/2 source={} vector={} other={} decomposition={} part={}:{} "
      "norm={} sign={} random={} tokens={},{}{}",
      row.source, cell_of(plan_.tables.vectors, row.vector),
      cell_of(plan_.tables.vectors, row.other),
      cell_of(plan_.tables.decompositions, row.decomposition), row.part,
      row.part_k, row.norm_rule, row.sign_rule, hex(request.random_key),
      request.token_a, request.token_b, dose_name(row)));
}

}  // namespace coxswain::runner
