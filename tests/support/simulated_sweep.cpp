#include "tests/support/simulated_sweep.hpp"

#include <algorithm>

#include "tests/support/simulated_crew.hpp"

namespace coxswain::tests {
namespace {

enum Kind : std::uint32_t { extract, vector, decompose, variants, evaluate };

constexpr std::uint64_t kModel = 1;  // resident; an SAE's is its number + 2
constexpr double kMerge = 0.0007;    // s, recorded of vector and variants tasks
// s, of 64 vectors with an SAE of 262,144 features (README.md, Measured)
constexpr double kDecompose = 3.5;

double draw(const std::vector<double>& from, std::uint64_t seed,
            std::uint64_t which) {
  const double n = static_cast<double>(from.size());
  return from[static_cast<std::size_t>(uniform(seed, 0, which) * n)];
}

void add(SimulatedSweep& sweep, double seconds, Kind kind,
         std::uint64_t resident, std::vector<std::size_t> inputs) {
  sweep.tasks.push_back({std::move(inputs), seconds, kind, resident});
  sweep.seconds.push_back(seconds);
}

}  // namespace

const std::vector<double>& recorded_extracts() {
  static const std::vector<double> seconds = {
      5.7719,  2.7437,  2.908,   3.1248,  3.4657,  3.1039,  3.1919,  3.1567,
      3.3321,  3.3962,  3.5879,  3.272,   1.7008,  24.2196, 21.4158, 25.0798,
      26.7319, 21.9399, 21.0999, 24.7713, 23.1519, 20.9317, 21.3798, 24.8918,
      22.8519, 22.0399, 41.2319, 26.5718, 27.3479, 30.9839, 25.0156, 3.7958,
      28.2437, 28.0054, 27.8638, 21.3837, 24.0916, 25.7039, 89.4556, 54.0971,
      9.1296,  13.4278, 10.0552, 7.591,   3.4839};
  return seconds;
}

const std::vector<double>& recorded_evaluates() {
  static const std::vector<double> seconds = {
      2.3212, 2.1978, 2.1059, 2.1134, 2.1005, 1.7204,  0.5845,
      6.6994, 6.3038, 6.6677, 6.7015, 6.9183, 24.8332, 1.9538,
      8.4169, 7.6417, 9.1116, 9.6104, 7.0644, 8.327,   3.9028};
  return seconds;
}

double SimulatedSweep::bound(int workers) const {
  double all = 0;
  std::size_t begin = 0;
  for (const std::size_t end : barriers) {
    double work = 0, longest = 0;
    for (std::size_t task = begin; task < end; ++task) {
      work += seconds[task];
      longest = std::max(longest, seconds[task]);
    }
    all += std::max(work / workers, longest);
    begin = end;
  }
  return all;
}

SimulatedSweep recorded_tasks(std::size_t n, double scale, std::uint64_t seed) {
  std::vector<double> all = recorded_extracts();
  all.insert(all.end(), recorded_evaluates().begin(),
             recorded_evaluates().end());
  all.insert(all.end(), 6, kMerge);  // three vectors, three times variants
  all.push_back(0.2246);             // a small SAE's decompositions
  SimulatedSweep sweep;
  for (std::size_t task = 0; task < n; ++task) {
    add(sweep, draw(all, seed, task) * scale, evaluate, 0, {});
  }
  sweep.barriers = {n};
  return sweep;
}

SimulatedSweep equal_tasks(std::size_t n, double seconds) {
  SimulatedSweep sweep;
  for (std::size_t task = 0; task < n; ++task) {
    add(sweep, seconds, evaluate, 0, {});
  }
  sweep.barriers = {n};
  return sweep;
}

SimulatedSweep whole_sweep(const SweepSize& size, std::uint64_t seed) {
  SimulatedSweep sweep;
  std::vector<std::size_t> extracts;
  for (std::size_t i = 0; i < size.behaviours * size.extracts; ++i) {
    extracts.push_back(sweep.tasks.size());
    add(sweep, draw(recorded_extracts(), seed, i), extract, kModel, {});
  }
  std::vector<std::size_t> all = extracts;
  for (std::size_t behaviour = 0; behaviour < size.behaviours; ++behaviour) {
    const auto first = extracts.begin() +
                       static_cast<std::ptrdiff_t>(behaviour * size.extracts);
    all.push_back(sweep.tasks.size());
    add(sweep, kMerge, vector, 0,
        {first, first + static_cast<std::ptrdiff_t>(size.extracts)});
  }
  sweep.barriers.push_back(extracts.size());
  const std::size_t first_sae = sweep.tasks.size();
  for (std::size_t sae = 0; sae < size.saes; ++sae) {
    add(sweep, kDecompose, decompose, sae + 2, all);
  }
  sweep.barriers.push_back(sweep.tasks.size());
  const std::size_t first_variants = sweep.tasks.size();
  for (std::size_t behaviour = 0; behaviour < size.behaviours; ++behaviour) {
    std::vector<std::size_t> inputs = {extracts.size() + behaviour};
    for (std::size_t sae = 0; sae < size.saes; ++sae) {
      inputs.push_back(first_sae + sae);
    }
    add(sweep, kMerge, variants, 0, std::move(inputs));
  }
  for (std::size_t behaviour = 0; behaviour < size.behaviours; ++behaviour) {
    for (std::size_t i = 0; i < size.evaluates; ++i) {
      add(sweep, draw(recorded_evaluates(), seed + 1, sweep.tasks.size()),
          evaluate, kModel, {first_variants + behaviour});
    }
  }
  sweep.barriers.push_back(sweep.tasks.size());
  return sweep;
}

}  // namespace coxswain::tests
