#include "runner/bill/output_size.hpp"

#include <algorithm>

#include "runner/plan/message_limit.hpp"
#include "storage/results/activation_files.hpp"
#include "storage/results/results.hpp"

namespace coxswain::runner {
namespace {

// Frames and fixed fields of records (storage/README.md), and what a data set
// and its attributes take beside its numbers, about.
constexpr std::int64_t kFrame = 32;
constexpr std::int64_t kLeased = kFrame + 24;
constexpr std::int64_t kCommitted = kFrame + 100;
constexpr std::int64_t kOpened = 500;
constexpr std::int64_t kDataset = 1600;
constexpr std::int64_t kReportOfTask = 180;  // in run.json
constexpr std::int64_t kReports = 1000;

bool travels(const PlannedTask& task) {
  return task.size.result_bytes <= static_cast<std::int64_t>(kMessageLimit);
}

template <class Row>
std::int64_t row_bytes() {
  std::int64_t bytes = 0;
  for (const storage::Column& column : storage::schema_of<Row>().columns) {
    bytes += static_cast<std::int64_t>(column.size);
  }
  return bytes;
}

template <class Row>
std::int64_t table_bytes(const std::vector<Row>& rows) {
  return kDataset + std::ssize(rows) * row_bytes<Row>();
}

// Those that come with the results have no rows yet.
std::int64_t known_tables(const storage::Results& tables) {
  std::int64_t bytes = row_bytes<storage::DeviceRow>();
  storage::for_each_table(
      tables, [&](const auto& rows) { bytes += table_bytes(rows); });
  for (const auto& [name, rows] : tables.names) bytes += table_bytes(rows);
  return bytes + std::ssize(tables.facts.sweep);
}

// Those whose rows come with the results.
std::int64_t decomposition_bytes(const Plan& plan) {
  std::int64_t coefficients = 0, features = 0, differences = 0;
  for (const PlannedTask& task : plan.tasks) {
    coefficients += task.size.coefficients;
  }
  const DecomposeEntry& rules = plan.sweep.decompose;
  features = std::ssize(plan.decompositions) * rules.top;
  for (const DifferencePlace& place : plan.differences) {
    differences += place.most;
  }
  // As many features again that vectors' codes turn on.
  const std::int64_t cosines = 2 * 4 * differences * rules.differences;
  return 3 * kDataset + coefficients * 8 + 8 * std::ssize(plan.decompositions) +
         features * row_bytes<storage::FeatureRow>() +
         differences * (row_bytes<storage::CodeDifferenceRow>() +
                        row_bytes<storage::ActiveFeatureRow>()) +
         cosines;
}

// Norms lie near each other: half as many bins as norms, or an octave's.
std::int64_t norm_bytes(const Plan& plan) {
  constexpr std::int64_t kMostBins = 300, kBin = 24;
  std::int64_t bytes = 0;
  for (const NormPlace& place : plan.norms) {
    std::int64_t norms = 0;
    for (const std::size_t task : place.tasks) {
      if (const auto* one =
              std::get_if<jobs::ObserveTask>(&plan.tasks[task].task)) {
        for (const auto& text : one->texts) norms += std::ssize(text);
      } else if (const auto* pairs =
                     std::get_if<jobs::ExtractTask>(&plan.tasks[task].task)) {
        norms += std::ssize(pairs->pairs);
      } else {
        norms += kMostBins;
      }
    }
    bytes += std::min(norms / 2, kMostBins) * kBin +
             8 * std::ssize(storage::kNormQuantiles);
  }
  return bytes;
}

std::int64_t array_bytes(const Plan& plan) {
  const std::int64_t rows = 3 * std::ssize(plan.vectors) +
                            std::ssize(plan.decompositions) +
                            std::ssize(plan.variants);
  std::int64_t bytes =
      10 * kDataset + 4 * rows * width_of(plan) + norm_bytes(plan);
  bytes += 6 * kDataset;
  for (const storage::ActivityRow& row : plan.tables.activity) {
    bytes += 5 * 4 * plan.tables.saes[static_cast<std::size_t>(row.sae)].d_sae;
  }
  for (const ActivationPlace& place : plan.activations) {
    bytes += table_bytes(place.set.rows) +
             std::ssize(place.set.layers) * kDataset +
             static_cast<std::int64_t>(storage::bytes_of(place.set));
  }
  return bytes;
}

}  // namespace

std::int64_t shard_bytes(const PlannedTask& task) {
  const std::int64_t bytes =
      task.size.bulk_bytes + (travels(task) ? 0 : task.size.result_bytes);
  return bytes == 0 ? 0 : kFrame + bytes;
}

OutputSize output_size(const Plan& plan) {
  OutputSize size;
  size.journal = kOpened + std::ssize(plan.sweep.effective);
  size.reports = kReports;
  for (const PlannedTask& task : plan.tasks) {
    size.journal += kLeased + kCommitted;
    if (travels(task)) size.journal += task.size.result_bytes;
    size.shards += shard_bytes(task);
    size.reports += kReportOfTask;
  }
  size.any_shards = size.shards > 0;
  size.results =
      known_tables(plan.tables) + decomposition_bytes(plan) + array_bytes(plan);
  size.files = 5;  // journal segment, results.h5, run.json, exit.json, lock
  return size;
}

}  // namespace coxswain::runner
