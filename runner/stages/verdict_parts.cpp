#include "runner/stages/verdict_parts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runner/base/exit_code.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

using jobs::NormRule;
using jobs::Part;

constexpr NormRule kAsIs = NormRule::as_is;

// The strongest atoms together, by how many.
std::vector<SteeredPart> first_parts(const VerdictEntry& verdict) {
  std::vector<SteeredPart> parts;
  for (const int k : verdict.atoms) {
    parts.push_back({{Part::first, k}, verdict.norms});
  }
  return parts;
}

// The method that is judged: atoms alone, the vector without each, and what is
// left without the strongest. How long these are is what they are asked for.
std::vector<SteeredPart> judged_parts(const VerdictEntry& verdict) {
  std::vector<SteeredPart> parts = first_parts(verdict);
  parts.push_back({{Part::residual, -1}, {kAsIs}});
  for (const int k : verdict.atoms) {
    parts.push_back({{Part::without_first, k}, {kAsIs}});
  }
  for (const Part part : {Part::atom, Part::minus_atom, Part::off_atom}) {
    for (int rank = 0; rank < verdict.needed; ++rank) {
      parts.push_back({{part, rank}, {kAsIs}});
    }
  }
  return parts;
}

void add_draws(const char* method, int atoms, int draws,
               const std::vector<SteeredPart>& parts,
               std::vector<WantedParts>& all) {
  for (int draw = 0; draw < draws; ++draw) {
    all.push_back({{method, static_cast<double>(atoms)}, draw, {}, parts});
  }
}

void add_verdict(const VerdictEntry& verdict, std::vector<WantedParts>& all) {
  for (std::size_t i = 0; i < verdict.methods.size(); ++i) {
    all.push_back({verdict.methods[i],
                   -1,
                   {},
                   i == 0 ? judged_parts(verdict) : first_parts(verdict)});
  }
  for (const int k : verdict.atoms) {
    add_draws("random-support", k, verdict.random_supports,
              {{{}, verdict.norms}}, all);
    // As near to the vector as what they are held against: no norm rule makes a
    // difference.
    add_draws("random-cosine", k, verdict.cosine_supports, {{{}, {kAsIs}}},
              all);
  }
  const int most = verdict.atoms.back();
  add_draws("disjoint", most, verdict.disjoint, first_parts(verdict), all);
  add_draws("rotated", most, verdict.rotated, first_parts(verdict), all);
}

// Takes out what [steer] has.
void drop_steered(const SteerEntry& steer, WantedParts& wanted) {
  const std::string method = jobs::spelling(wanted.method);
  if (wanted.draw >= 0 ||
      std::ranges::count(steer.variants, jobs::VariantSource::reconstruction,
                         &VariantKind::source) == 0 ||
      std::ranges::none_of(steer.methods, [&](const auto& one) {
        return jobs::spelling(one) == method;
      })) {
    return;
  }
  for (SteeredPart& one : wanted.parts) {
    if (std::ranges::count(steer.parts, one.part) == 0) continue;
    std::erase_if(one.norms, [&](NormRule norm) {
      return std::ranges::count(steer.norms, norm) > 0;
    });
  }
  std::erase_if(wanted.parts,
                [](const auto& one) { return one.norms.empty(); });
}

}  // namespace

std::string verdict_words(const VerdictEntry& verdict) {
  std::vector<std::string> methods;
  for (const auto& one : verdict.methods) {
    methods.push_back(jobs::spelling(one));
  }
  return fmt::format(
      "[verdict] of {}: the strongest {} atoms; the {} strongest alone and "
      "left "
      "out; beside {} fits on atoms drawn at random and {} on as many as come "
      "as "
      "near, of each number, {} disjoint pursuits and {} with all atoms turned",
      fmt::join(methods, ", "), fmt::join(verdict.atoms, ", "), verdict.needed,
      verdict.random_supports, verdict.cosine_supports, verdict.disjoint,
      verdict.rotated);
}

std::vector<WantedParts> wanted_parts(const Sweep& sweep, const SaeEntry& sae,
                                      const jobs::SaeHeader& header) {
  std::vector<WantedParts> all;
  if (std::ranges::count(sweep.steer.layers, sae.layer) == 0) return all;
  if (sweep.verdict) {
    const int most = sweep.verdict->atoms.back();
    if (2 * most > header.d_in) {
      throw ProgramError(
          ExitCode::bad_sweep,
          storage::Fault{sweep.path, "verdict.atoms", std::to_string(most),
                         fmt::format("at most half of the {} dimensions that "
                                     "SAE {} has: of more, any atoms would do",
                                     header.d_in, sae.id),
                         ""});
    }
    add_verdict(*sweep.verdict, all);
  }
  const std::vector<NormRule> norms = sweep.verdict
                                          ? sweep.verdict->norms
                                          : std::vector{kAsIs, NormRule::equal};
  int draw = 0;
  for (const SupportEntry& one : sweep.supports) {
    if (std::ranges::count(one.saes, sae.id) == 0) continue;
    if (one.features.back() >= header.d_sae) {
      throw ProgramError(
          ExitCode::bad_sweep,
          storage::Fault{sweep.path, "support.features",
                         std::to_string(one.features.back()),
                         fmt::format("less than {}, the features of SAE {}",
                                     header.d_sae, sae.id),
                         ""});
    }
    all.push_back({{"support", static_cast<double>(one.features.size())},
                   draw++,
                   one.features,
                   {{{}, norms}}});
  }
  for (WantedParts& one : all) drop_steered(sweep.steer, one);
  return all;
}

}  // namespace coxswain::runner
