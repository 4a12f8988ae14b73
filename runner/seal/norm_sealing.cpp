#include "runner/seal/norm_sealing.hpp"

#include <array>
#include <optional>

#include "jobs/observation/norm_histogram.hpp"
#include "runner/plan/names.hpp"

namespace coxswain::runner {
namespace {

using jobs::NormHistogram;

// Of one layer: texts' first tokens and the others, or x+ and x-.
using Halves = std::array<NormHistogram, 2>;

// Norms [n_pairs, 2, n_layers] of an extract task.
void add_pairs(const storage::ArrayMap& result, std::vector<Halves>& layers) {
  const storage::Array& array = storage::at(result, "norms", "extract");
  const auto norms = storage::doubles(array);
  const auto n = static_cast<std::size_t>(array.shape.at(2));
  layers.resize(n);
  for (std::size_t i = 0; i < norms.size(); ++i) {
    layers[i % n][i / n % 2].add(norms[i]);
  }
}

void add_observed(const storage::ArrayMap& result,
                  std::vector<Halves>& layers) {
  const auto histograms = jobs::to_histograms(result, "observe");
  layers.resize(histograms.size() / 2);
  for (std::size_t i = 0; i < histograms.size(); ++i) {
    layers[i / 2][i % 2].add(histograms[i]);
  }
}

// What all of them say, by layer; nothing if one is missing.
std::optional<std::vector<Halves>> collect(
    const std::vector<std::size_t>& tasks, bool observed,
    const ResultOf& result) {
  std::vector<Halves> layers;
  for (const std::size_t task : tasks) {
    const storage::ArrayMap* one = result(task);
    if (one == nullptr) return std::nullopt;
    observed ? add_observed(*one, layers) : add_pairs(*one, layers);
  }
  return layers;
}

NormHistogram chosen(const Halves& halves, const storage::NormRow& row) {
  switch (static_cast<NormSource>(row.source)) {
    case NormSource::positive:
      return halves[0];
    case NormSource::negative:
      return halves[1];
    case NormSource::reference:
      break;
  }
  const auto excluded = static_cast<NormExclusion>(row.excluded);
  if (excluded == NormExclusion::first) return halves[1];
  NormHistogram all = halves[0];
  all.add(halves[1]);
  return excluded == NormExclusion::none ? all : jobs::without_sinks(all);
}

// The arrays beside tables/norms, row after row.
class Arrays {
 public:
  void add(const NormHistogram& norms) {
    for (const double share : storage::kNormQuantiles) {
      quantiles_.push_back(norms.quantile(share));
    }
    for (const auto& [number, bin] : norms.bins()) {
      lower_.push_back(NormHistogram::lower_edge(number));
      upper_.push_back(NormHistogram::lower_edge(number + 1));
      counts_.push_back(bin.count);
    }
    offsets_.push_back(std::ssize(counts_));
  }

  void keep(storage::ArrayMap& arrays) const {
    const auto numbers = [](const std::vector<double>& values) {
      return storage::make_array(std::span<const double>(values),
                                 {std::ssize(values)});
    };
    const auto integers = [](const std::vector<std::int64_t>& values) {
      return storage::make_array(std::span<const std::int64_t>(values),
                                 {std::ssize(values)});
    };
    arrays["norm_quantiles"] = storage::make_array(
        std::span<const double>(quantiles_),
        {std::ssize(offsets_) - 1, std::ssize(storage::kNormQuantiles)});
    arrays["norm_histograms/offsets"] = integers(offsets_);
    arrays["norm_histograms/lower"] = numbers(lower_);
    arrays["norm_histograms/upper"] = numbers(upper_);
    arrays["norm_histograms/counts"] = integers(counts_);
  }

 private:
  std::vector<double> quantiles_, lower_, upper_;
  std::vector<std::int64_t> offsets_{0}, counts_;
};

}  // namespace

void fill_norms(const Plan& plan, const ResultOf& result,
                storage::Results& tables) {
  // Rows of the same tasks follow each other.
  const std::vector<std::size_t>* tasks = nullptr;
  std::optional<std::vector<Halves>> layers;
  Arrays arrays;
  for (std::size_t i = 0; i < tables.norms.size(); ++i) {
    storage::NormRow& row = tables.norms[i];
    const NormPlace& place = plan.norms[i];
    if (tasks == nullptr || *tasks != place.tasks) {
      layers = collect(place.tasks, row.behaviour < 0, result);
      tasks = &place.tasks;
    }
    NormHistogram norms;
    if (layers) {
      norms = chosen(layers->at(static_cast<std::size_t>(place.layer)), row);
    }
    row.count = layers ? norms.count() : -1;
    row.mean = norms.mean();
    row.sd = norms.deviation();
    row.min = norms.lowest();
    row.max = norms.highest();
    arrays.add(norms);
  }
  arrays.keep(tables.arrays);
}

}  // namespace coxswain::runner
