// The part of the grid that says what is added to the model.

#include <fmt/format.h>

#include <algorithm>

#include "runner/grid.hpp"
#include "runner/names.hpp"

namespace coxswain::runner {

bool Grid::wants(jobs::VariantSource source) const {
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
  for (const PlannedSae& sae : saes_) {
    if (sae.entry.layer != layer) continue;
    inputs.push_back(sae.task);
    const auto add = [&](Source source, const PlannedSae::Rebuilt& from,
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
      add_variant_row(behaviour, request, row);
      requests.push_back(request);
    };
    for (const jobs::NormRule norm : steer.norms) {
      for (std::size_t m = 0; m < steer.methods.size(); ++m) {
        for (std::size_t p = 0;
             wants(Source::reconstruction) && p < steer.parts.size(); ++p) {
          add(Source::reconstruction, sae.rebuilt[behaviour][m][p],
              steer.parts[p], norm);
        }
        if (wants(Source::zero_reconstruction)) {
          add(Source::zero_reconstruction, sae.zero[m], {}, norm);
        }
      }
    }
  }
}

void Grid::add_stand_ins(std::size_t behaviour,
                         const jobs::VariantRequest& base, int layer,
                         std::vector<std::size_t>& inputs,
                         std::vector<jobs::VariantRequest>& requests) {
  using Source = jobs::VariantSource;
  storage::VariantRow row;
  row.layer = layer;
  for (const Source source :
       {Source::random, Source::covariance, Source::shuffled}) {
    for (int seed = 0; wants(source) && seed < plan_.sweep.steer.random;
         ++seed) {
      jobs::VariantRequest request = base;
      request.source = source;
      request.random_key = control_key(
          jobs::control_of(source),
          vector_row(static_cast<std::int32_t>(behaviour), layer), seed);
      row.seed = seed;
      add_variant_row(behaviour, request, row);
      requests.push_back(request);
    }
  }
  row.seed = -1;
  for (std::size_t other = 0; wants(Source::other) && other < data_.size();
       ++other) {
    if (other == behaviour) continue;
    jobs::VariantRequest request = base;
    request.source = Source::other;
    request.input = static_cast<std::int32_t>(inputs.size());
    request.row = base.vector_layer;
    inputs.push_back(vector_tasks_[other]);
    row.other = vector_row(static_cast<std::int32_t>(other), layer);
    add_variant_row(behaviour, request, row);
    requests.push_back(request);
  }
}

std::vector<jobs::VariantRequest> Grid::variant_requests(
    std::size_t behaviour, std::vector<std::size_t>& inputs) {
  using Source = jobs::VariantSource;
  const Sweep& sweep = plan_.sweep;
  const jobs::Behaviour& data = plan_.behaviours[behaviour];
  std::vector<jobs::VariantRequest> requests;
  for (const int layer : sweep.steer.layers) {
    jobs::VariantRequest base;
    base.vector_layer = layer_row(layer);
    storage::VariantRow row;
    row.layer = layer;
    if (wants(Source::original)) {
      jobs::VariantRequest request = base;
      request.norm_rule = jobs::NormRule::as_is;
      add_variant_row(behaviour, request, row);
      requests.push_back(request);
    }
    add_rebuilt(behaviour, base, layer, inputs, requests);
    add_stand_ins(behaviour, base, layer, inputs, requests);
    if (wants(Source::planted) && data.letters) {
      const jobs::ContrastTokens& one = data.train[0].tokens;
      jobs::VariantRequest request = base;
      request.source = Source::planted;
      request.sign_rule = jobs::SignRule::matching_letter;
      request.token_a = one.letter_sign > 0 ? one.token_match : one.token_other;
      request.token_b = one.letter_sign > 0 ? one.token_other : one.token_match;
      add_variant_row(behaviour, request, row);
      requests.push_back(request);
    }
  }
  return requests;
}

void Grid::add_variant_row(std::size_t behaviour, jobs::VariantRequest& request,
                           storage::VariantRow row) {
  row.id = static_cast<std::int32_t>(plan_.tables.variants.size());
  row.behaviour = static_cast<std::int32_t>(behaviour);
  row.vector = vector_row(row.behaviour, row.layer);
  row.source = static_cast<std::int32_t>(request.source);
  row.norm_rule = static_cast<std::int32_t>(request.norm_rule);
  row.sign_rule = static_cast<std::int32_t>(request.sign_rule);
  row.control = static_cast<std::int32_t>(jobs::control_of(request.source));
  variant_rows_.back().push_back(plan_.tables.variants.size());
  variant_keys_.push_back(variant_key(row, request));
  plan_.tables.variants.push_back(row);
}

storage::Key Grid::variant_key(const storage::VariantRow& row,
                               const jobs::VariantRequest& request) const {
  const auto cell_of = [&](const auto& rows, std::int32_t index) {
    return index < 0 ? std::string("none")
                     : cell_name(rows[static_cast<std::size_t>(index)].cell);
  };
  return cell_key(fmt::format(
      "variant/2 source={} vector={} other={} decomposition={} part={}:{} "
      "norm={} sign={} random={} tokens={},{}",
      row.source, cell_of(plan_.tables.vectors, row.vector),
      cell_of(plan_.tables.vectors, row.other),
      cell_of(plan_.tables.decompositions, row.decomposition), row.part,
      row.part_k, row.norm_rule, row.sign_rule, hex(request.random_key),
      request.token_a, request.token_b));
}

}  // namespace coxswain::runner
