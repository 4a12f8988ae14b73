#include "runner/growth/sealed_cells.hpp"

#include <algorithm>
#include <cassert>
#include <filesystem>
#include <vector>

#include "runner/plan/names.hpp"
#include "storage/files/reading_lock.hpp"
#include "storage/results/h5.hpp"
#include "storage/results/rows/cell_row.hpp"

namespace coxswain::runner {

bool sealed_by_earlier_program(const storage::RunDirectory& run,
                               const Plan& plan,
                               const storage::JournalState& journal) {
  std::error_code ignored;
  if (journal.commits.empty() ||
      !std::filesystem::exists(run.results(), ignored) ||
      std::ranges::any_of(journal.commits, [](const auto& commit) {
        return commit.second.content.all != storage::Key{};
      })) {
    return false;
  }
  std::vector<storage::CellRow> sealed;
  try {
    const storage::H5File file = storage::H5File::open(run.results());
    sealed = storage::read_rows_of<storage::CellRow>(
        file, storage::CellRow::schema().path,
        file.integer_attribute("/", "format_version"));
  } catch (const storage::FileHeld&) {
    throw;
  } catch (const storage::StorageError&) {
    return false;  // damaged: it is sealed again
  }
  const auto computed = static_cast<std::uint8_t>(CellState::done);
  return std::ranges::equal(
      sealed, plan.cells.rows(),
      [&](const storage::CellRow& there, const storage::CellRow& asked) {
        // Stored activations are keyed by the tasks that store them.
        const bool by_task =
            asked.kind == static_cast<std::uint8_t>(CellKind::activations);
        return there.kind == asked.kind && there.state == computed &&
               (by_task || (there.key_high == asked.key_high &&
                            there.key_low == asked.key_low));
      });
}

}  // namespace coxswain::runner
