#include "storage/run/journal_summary.hpp"

namespace coxswain::storage {
namespace {

// Takes each entry of the journal into the summary.
struct Gather {
  JournalSummary& summary;
  std::map<std::uint64_t, StartSummary>& starts;
  std::uint64_t epoch;  // of the record

  void operator()(const RunIdentity& identity) { summary.identity = identity; }
  void operator()(const JournalNumerics& numerics) {
    summary.numerics = numerics.text;
  }
  void operator()(const JournalLease& lease) {
    summary.leased[lease.task] = lease;
  }
  // The commit's own epoch, not the record's: a compacted journal says commits
  // of older starts again.
  void operator()(const Commit& commit) {
    ++starts[commit.epoch].committed;
    if (commit.reused()) ++starts[commit.epoch].reused;
    summary.leased.erase(commit.task);
    summary.quarantined.erase(commit.task);
    summary.committed[commit.task] = commit;
  }
  void operator()(const JournalFailure& one) {
    ++starts[epoch].failed;
    summary.leased.erase(one.failure.task);
    summary.failed.push_back({one.failure, epoch});
  }
  void operator()(const JournalQuarantine& one) {
    ++starts[epoch].quarantined;
    summary.leased.erase(one.failure.task);
    summary.quarantined[one.failure.task] = {one.failure, epoch};
  }
};

}  // namespace

JournalSummary summarise_journal(const std::string& folder) {
  JournalSummary summary;
  std::map<std::uint64_t, StartSummary> starts;
  std::uint64_t newest = 0;
  scan_journal(folder, [&](std::uint64_t epoch, const JournalEntry& entry) {
    starts[epoch];  // one that did nothing is one, too
    if (epoch != newest) summary.leased.clear();  // leases end with their start
    newest = epoch;
    std::visit(Gather{summary, starts, epoch}, entry);
  });
  for (auto& [epoch, start] : starts) {
    start.epoch = epoch;
    summary.starts.push_back(start);
  }
  return summary;
}

}  // namespace coxswain::storage
