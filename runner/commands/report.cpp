#include "analysis/report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "analysis/answers/answers.hpp"
#include "analysis/forms/table_text.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/paper_2411_08790.hpp"
#include "analysis/methods.hpp"
#include "runner/base/output_columns.hpp"
#include "runner/commands/report_choices.hpp"
#include "runner/commands/results_at.hpp"
#include "runner/commands/run_commands.hpp"
#include "runner/report/draw_figures.hpp"
#include "runner/report/first_start.hpp"
#include "runner/report/report_files.hpp"
#include "runner/report/report_page.hpp"
#include "runner/report/terminal_page.hpp"
#include "runner/sweep/table_reader.hpp"
#include "storage/files/durable_file.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPrintedRows = 100;  // files have all of them
constexpr std::size_t kPageLines = 40;     // of answer and main table

void write_csv(const storage::RunDirectory& run, const Report& report) {
  storage::make_folders(run.tables_folder());
  for (const analysis::Table& table : report.tables) {
    storage::replace_file(
        fmt::format("{}/{}.csv", run.tables_folder(), table.name),
        analysis::to_csv(table));
  }
  fmt::print("{} tables as csv in {}\n", report.tables.size(),
             run.tables_folder());
}

// What --table takes beside the tables' names.
constexpr const char* kAnswers = "answers";

void print_table(const analysis::Table& table) {
  fmt::print("{}\n", analysis::to_text(shortened(table, kPrintedRows)));
}

const analysis::Table& table_called(const Report& report,
                                    const std::string& name) {
  std::vector<std::string> names;
  for (const analysis::Table& table : report.tables) {
    if (table.name == name) return table;
    names.push_back(table.name);
  }
  names.emplace_back(kAnswers);
  const std::string nearest = *std::ranges::min_element(
      names, {}, [&](const std::string& one) { return distance(one, name); });
  throw ProgramError(
      ExitCode::usage,
      storage::Fault{"", "--table", storage::printable(name),
                     fmt::format("one of {}", fmt::join(names, ", ")),
                     "did you mean " + nearest + "?"});
}

void print_all(const Report& report, const analysis::ReportSource& source) {
  const std::string note = analysis::completeness(source.results);
  if (!note.empty()) fmt::print("{}\n\n", note);
  for (const analysis::Table& table : report.tables) print_table(table);
  fmt::print("{}\n",
             whole_answers(analysis::answers(source), output_columns()));
  if (!report.methods.paragraphs.empty()) {
    fmt::print("{}\n", analysis::to_text(report.methods));
  }
}

// What was asked for: one table, all of them, or what fits a screen.
void print_tables(const ReportOptions& options, const Report& report,
                  const analysis::ReportSource& source) {
  if (options.table == kAnswers) {
    fmt::print("{}",
               whole_answers(analysis::answers(source), output_columns()));
    return;
  }
  if (!options.table.empty()) {
    print_table(table_called(report, options.table));
    return;
  }
  if (options.all) {
    print_all(report, source);
    return;
  }
  const TerminalPage page{options.run, analysis::completeness(source.results),
                          analysis::answers(source),
                          analysis::main_table(source)};
  fmt::print("{}", terminal_page(page, output_columns(), kPageLines));
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
  const analysis::ReportSource source =
      analysis::report_source(results, report_choices(results, options.set));
  Report report{analysis::make_report(source),
                {},
                analysis::methods(source, first_start(run))};
  if (options.files != ReportFiles::none) {
    report.figures = analysis::make_figures(source);
    report.answers = analysis::answers(source);
  }
  if (options.files == ReportFiles::check) {
    return check_report(report, results, folder);
  }
  print_tables(options, report, source);
  if (options.csv) blame(ExitCode::storage, [&] { write_csv(run, report); });
  if (options.files == ReportFiles::none) return ExitCode::done;
  return blame(ExitCode::storage,
               [&] { return write_report(report, results, folder); });
}

}  // namespace coxswain::runner
