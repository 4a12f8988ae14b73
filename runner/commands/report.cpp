#include "analysis/report.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "runner/commands/commands.hpp"
#include "storage/durable_file.hpp"
#include "storage/run_directory.hpp"

namespace coxswain::runner {

namespace fs = std::filesystem;

ExitCode print_report(const ReportOptions& options) {
  const bool is_folder = fs::is_directory(options.run);
  const fs::path beside = fs::path(options.run).parent_path();
  const storage::RunDirectory run(is_folder        ? options.run
                                  : beside.empty() ? "."
                                                   : beside.string());
  const std::string path = is_folder ? run.results() : options.run;
  const storage::Results results =
      blame(ExitCode::storage, [&] { return storage::read_results(path); });
  const std::string note = analysis::completeness(results);
  if (!note.empty()) fmt::print("{}\n\n", note);
  for (const analysis::Table& table : analysis::make_report(results)) {
    fmt::print("{}\n", analysis::to_text(table));
    if (!options.csv) continue;
    blame(ExitCode::storage, [&] {
      fs::create_directories(run.tables_folder());
      const std::string file = run.tables_folder() + "/" + table.name + ".csv";
      storage::replace_file(file, analysis::to_csv(table));
      fmt::print("{}\n\n", file);
    });
  }
  return ExitCode::done;
}

}  // namespace coxswain::runner
