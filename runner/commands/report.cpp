#include "analysis/report.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "analysis/forms/table_text.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/paper_2411_08790.hpp"
#include "analysis/methods.hpp"
#include "runner/commands/results_at.hpp"
#include "runner/commands/run_commands.hpp"
#include "runner/report/draw_figures.hpp"
#include "runner/report/first_start.hpp"
#include "runner/report/report_files.hpp"
#include "runner/report/report_page.hpp"
#include "storage/files/durable_file.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPrintedRows = 100;  // files have all of them

void write_csv(const storage::RunDirectory& run, const analysis::Table& table) {
  storage::make_folders(run.tables_folder());
  const std::string file = run.tables_folder() + "/" + table.name + ".csv";
  storage::replace_file(file, analysis::to_csv(table));
  fmt::print("{}\n\n", file);
}

ExitCode write_report(const Report& report, const storage::Results& results,
                      const std::string& folder) {
  const std::vector<ReportFile> files = text_files(report);
  remove_stale_drawings(folder, files);
  write_files(folder, files);
  const Drawn drawn = draw_figures(report.figures, folder);
  const ReportFile page = page_file(report, results, folder);
  write_files(folder, {page});
  fmt::print(
      "{} tables (txt, csv, tex, json) and {} figures (dat, gp{}) in {}; all "
      "in one page: {}/{}\n",
      report.tables.size(), report.figures.size(),
      drawn.figures.empty() ? "" : ", svg, pdf", folder, folder, page.name);
  if (!drawn.gnuplot_is_there) {
    fmt::print(
        "figures are not drawn: there is no gnuplot on PATH (Debian: "
        "gnuplot-nox); their scripts are there\n");
  }
  for (const std::string& failure : drawn.failures) {
    fmt::print(stderr, "coxswain: gnuplot could not draw {}\n", failure);
  }
  return drawn.failures.empty() ? ExitCode::done : ExitCode::storage;
}

ExitCode check_report(const Report& report, const storage::Results& results,
                      const std::string& folder) {
  std::vector<ReportFile> files = text_files(report);
  files.push_back(page_file(report, results, folder));
  const std::vector<std::string> lines = differences(folder, files);
  for (const std::string& line : lines) fmt::print("{}\n", line);
  if (lines.empty()) {
    fmt::print("{} files in {} are what the results give, byte for byte\n",
               files.size(), folder);
    return ExitCode::done;
  }
  fmt::print(
      "{} is not what the results give; coxswain report --write makes it "
      "anew\n",
      folder);
  return ExitCode::storage;
}

void print_published(const storage::Results& results) {
  const analysis::Table table = analysis::published_table({results});
  if (!table.rows.empty()) {
    fmt::print("{}\n", analysis::to_text(table));
    return;
  }
  fmt::print(
      "the values of arXiv:{} do not apply here: they are of SAEs with 16,384 "
      "features at layer 14 of Gemma 2 2B, encoded at scale 1\n",
      analysis::paper_2411_08790::kId);
}

}  // namespace

ExitCode print_report(const ReportOptions& options) {
  if (options.files == ReportFiles::none && !options.out.empty()) {
    throw ProgramError(ExitCode::usage,
                       "--out is the folder of --write or --check: say which");
  }
  const fs::path beside = fs::path(options.run).parent_path();
  const storage::RunDirectory run(fs::is_directory(options.run) ? options.run
                                  : beside.empty()              ? "."
                                                   : beside.string());
  const std::string folder =
      options.out.empty() ? run.report_folder() : options.out;
  const storage::Results results = results_at(options.run, options.cache);
  if (!options.paper.empty()) {
    print_published(results);
    return ExitCode::done;
  }
  const analysis::ReportSource source = analysis::report_source(results);
  Report report{analysis::make_report(source),
                {},
                analysis::methods(source, first_start(run))};
  if (options.files != ReportFiles::none) {
    report.figures = analysis::make_figures(source);
  }
  if (options.files == ReportFiles::check) {
    return check_report(report, results, folder);
  }
  const std::string note = analysis::completeness(results);
  if (!note.empty()) fmt::print("{}\n\n", note);
  for (const analysis::Table& table : report.tables) {
    fmt::print("{}\n", analysis::to_text(shortened(table, kPrintedRows)));
    if (options.csv) {
      blame(ExitCode::storage, [&] { write_csv(run, table); });
    }
  }
  if (!report.methods.paragraphs.empty()) {
    fmt::print("{}\n", analysis::to_text(report.methods));
  }
  if (options.files == ReportFiles::none) return ExitCode::done;
  return blame(ExitCode::storage,
               [&] { return write_report(report, results, folder); });
}

}  // namespace coxswain::runner
