#include "runner/sweep/sweep_verdict.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runner/base/exit_code.hpp"
#include "runner/sweep/sweep_features.hpp"
#include "runner/sweep/sweep_methods.hpp"
#include "runner/sweep/sweep_text.hpp"
#include "storage/texts/feature_list.hpp"

namespace coxswain::runner {
namespace {

// Numbers of atoms, ascending.
std::vector<int> counts_at(TableReader& reader) {
  std::vector<int> counts = reader.some_integers("atoms");
  for (const int one : counts) {
    if (one < 1 || one > 4096) {
      reader.fail("atoms", std::to_string(one), "numbers from 1 to 4096");
    }
  }
  std::ranges::sort(counts);
  return counts;
}

int count_at(TableReader& reader, const char* key, int otherwise, int most) {
  return static_cast<int>(reader.integer_or(key, otherwise, 0, most));
}

// Of what the verdict says how much is kept.
void require_original(const TableReader& root, const char* key,
                      const Sweep& sweep) {
  if (steers_with(sweep, jobs::VariantSource::original)) return;
  root.fail("steer", "no original among the variants",
            std::string("it, beside ") + key);
}

void add_methods(Sweep& sweep, const std::vector<jobs::MethodChoice>& methods) {
  for (const jobs::MethodChoice& one : methods) {
    const auto same = [&](const jobs::MethodChoice& other) {
      return jobs::spelling(other) == jobs::spelling(one);
    };
    if (!std::ranges::any_of(sweep.decompose.methods, same)) {
      sweep.decompose.methods.push_back(one);
    }
  }
}

}  // namespace

void read_verdict(TableReader& root, Sweep& sweep) {
  if (!root.has("verdict")) return;
  TableReader reader = root.table("verdict");
  VerdictEntry verdict;
  if (reader.has("atoms")) verdict.atoms = counts_at(reader);
  verdict.methods = {{"omp", static_cast<double>(verdict.atoms.back())}};
  if (reader.has("methods")) verdict.methods = methods_at(reader, "methods");
  verdict.needed = count_at(reader, "needed", verdict.needed, 4096);
  verdict.random_supports =
      count_at(reader, "random_supports", verdict.random_supports, 1000);
  verdict.cosine_supports =
      count_at(reader, "cosine_supports", verdict.cosine_supports, 1000);
  verdict.disjoint = count_at(reader, "disjoint", verdict.disjoint, 100);
  verdict.rotated = count_at(reader, "rotated", verdict.rotated, 1000);
  if (reader.has("norm")) {
    verdict.norms.clear();
    for (const std::size_t one : reader.choices("norm", kNormRules)) {
      verdict.norms.push_back(static_cast<jobs::NormRule>(one));
    }
  }
  reader.finish();
  require_original(root, "[verdict]", sweep);
  if (std::ranges::none_of(sweep.saes, [&](const SaeEntry& one) {
        return std::ranges::count(sweep.steer.layers, one.layer) > 0;
      })) {
    root.fail("verdict", "no SAE at a layer of [steer]",
              "one, whose atoms are judged");
  }
  add_methods(sweep, verdict.methods);
  sweep.verdict = verdict;
}

SupportEntry read_support(TableReader& reader, const Sweep& sweep) {
  SupportEntry entry;
  entry.saes = saes_at(reader, sweep);
  if (reader.is_text("features")) {
    const std::string path = sweep.resolve(reader.text("features"));
    entry.features = blame(ExitCode::bad_sweep,
                           [&] { return storage::read_feature_list(path); });
  } else {
    const std::vector<int> all = reader.some_integers("features");
    for (const int one : all) {
      if (one < 0) reader.fail("features", std::to_string(one), "0 or more");
    }
    entry.features.assign(all.begin(), all.end());
    std::ranges::sort(entry.features);
    if (entry.features.empty() ||
        entry.features.size() > storage::kMostListed) {
      reader.fail("features",
                  std::to_string(entry.features.size()) + " of them",
                  fmt::format("1 to {}", storage::kMostListed));
    }
  }
  for (const SupportEntry& other : sweep.supports) {
    const bool shares = std::ranges::any_of(entry.saes, [&](const auto& sae) {
      return std::ranges::count(other.saes, sae) > 0;
    });
    if (shares && other.features == entry.features) {
      reader.fail("features", "those of an earlier [[support]]", "each once");
    }
  }
  reader.finish();
  require_original(reader, "[[support]]", sweep);
  return entry;
}

}  // namespace coxswain::runner
