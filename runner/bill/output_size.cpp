#include "runner/bill/output_size.hpp"

#include "runner/plan/message_limit.hpp"
#include "runner/stages/stage.hpp"
#include "storage/results/results.hpp"

namespace coxswain::runner {
namespace {

// Frames and fixed fields of records (storage/README.md), about.
constexpr std::int64_t kFrame = 32;
constexpr std::int64_t kLeased = kFrame + 24;
constexpr std::int64_t kCommitted = kFrame + 100;
constexpr std::int64_t kOpened = 500;
constexpr std::int64_t kReportOfTask = 180;  // in run.json
constexpr std::int64_t kReports = 1000;

bool travels(const PlannedTask& task) {
  return task.size.result_bytes <= static_cast<std::int64_t>(kMessageLimit);
}

template <class Row>
std::int64_t table_bytes(const std::vector<Row>& rows) {
  return kDatasetBytes + std::ssize(rows) * row_bytes<Row>();
}

// Rows that are known before anything is computed; those that come with the
// results, and those of cells, are none yet.
std::int64_t known_tables(const Plan& plan) {
  const storage::Results& tables = plan.tables;
  std::int64_t bytes = row_bytes<storage::DeviceRow>() +
                       plan.cells.count() * row_bytes<storage::CellRow>();
  storage::for_each_table(
      tables, [&](const auto& rows) { bytes += table_bytes(rows); });
  for (const auto& [name, rows] : tables.names) bytes += table_bytes(rows);
  return bytes + std::ssize(tables.origin.sweep);
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
  size.results = known_tables(plan);
  for (const auto& stage : plan.stages)
    size.results += stage->result_bytes(plan);
  size.files = 5;  // journal segment, results.h5, run.json, exit.json, lock
  return size;
}

}  // namespace coxswain::runner
