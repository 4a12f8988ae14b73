#include "runner/commands/run_options.hpp"

#include <map>

#include "analysis/measures/paper_2411_08790.hpp"

namespace coxswain::runner {

RunCommandOptions::RunCommandOptions(CLI::App& app, const std::string& hub,
                                     const std::string& cache)
    : status_command_(app.add_subcommand(
          "status", "how far a run is; from any shell, also afterwards")),
      stop_command_(app.add_subcommand(
          "stop", "asks a run under way to finish its tasks and end")),
      seal_command_(app.add_subcommand(
          "seal", "results.h5 of a complete run, partial.h5 of any other")),
      report_command_(app.add_subcommand(
          "report", "tables and figures from the results of a run")),
      export_command_(app.add_subcommand(
          "export", "vectors and tables of a run for other programs")) {
  const auto add_run = [](CLI::App* command, std::string& run) {
    command->add_option("run", run, "run directory")->required();
  };
  add_run(status_command_, status_.run);
  status_command_->add_flag("--json", status_.json, "for scripts");
  status_command_->add_flag("--watch", status_.watch,
                            "renewed every 2 s until the run is complete; "
                            "waits for its start");
  status_command_->add_flag("--failed", status_.failed,
                            "what failed, where and why");
  status_command_->add_flag("--workers", status_.workers,
                            "every worker: its node, GPU and task");
  add_run(stop_command_, stop_.run);
  stop_command_->add_flag_callback(
      "--wait", [this] { stop_.wait = StopWait::for_end; },
      "until it has ended; returns its exit code");
  add_run(seal_command_, seal_.run);
  seal_.hub = hub;
  seal_.cache = cache;
  seal_command_->add_flag_callback(
      "--partial", [this] { seal_.part = SealPart::partial; },
      "partial.h5 even of a complete run");
  seal_command_->add_option(
      "--sweep", seal_.sweep,
      "the sweep file, if it is not where it was when the run began");
  add_run(report_command_, report_.run);
  report_.cache = cache;
  add_report();
  add_run(export_command_, export_.run);
  export_.cache = cache;
  add_export();
}

void RunCommandOptions::add_report() {
  report_command_->add_flag("--csv", report_.csv, "also write tables/*.csv");
  auto* write = report_command_->add_flag_callback(
      "--write", [this] { report_.files = ReportFiles::write; },
      "also write tables as txt, csv, tex and json, and figures as svg and "
      "pdf");
  auto* check = report_command_->add_flag_callback(
      "--check", [this] { report_.files = ReportFiles::check; },
      "whether what --write wrote is what the results give");
  check->excludes(write);
  auto* all = report_command_->add_flag("--all", report_.all,
                                        "print every table and the methods");
  report_command_
      ->add_option("--table", report_.table, "print this table alone")
      ->excludes(all)
      ->excludes(check);
  report_command_
      ->add_option("--paper", report_.paper,
                   "only the published values that are known, beside ours")
      ->excludes(write)
      ->excludes(check)
      ->check(CLI::IsMember({analysis::paper_2411_08790::kId}));
  report_command_
      ->add_option("--set", report_.set,
                   "KEY=VALUE instead of the sweep's [report]: "
                   "report.layers=[15], report.digits=2")
      ->allow_extra_args(false);
  report_command_->add_option("--out", report_.out,
                              "folder of these two (default: RUN/report)");
}

void RunCommandOptions::add_export() {
  export_command_
      ->add_option("--out", export_.out,
                   "folder; what is there is not replaced")
      ->required();
  static const std::map<std::string, ExportFormat> formats{
      {"safetensors", ExportFormat::safetensors},
      {"gguf", ExportFormat::gguf},
      {"csv", ExportFormat::csv}};
  export_command_
      ->add_option_function<std::vector<std::string>>(
          "--format",
          [this](const std::vector<std::string>& names) {
            export_.formats.clear();
            for (const std::string& name : names) {
              export_.formats.push_back(formats.at(name));
            }
          },
          "safetensors (all vectors), gguf (control vectors for llama.cpp), "
          "csv (the tables); may be repeated (default: the first two)")
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"safetensors", "gguf", "csv"}));
}

std::function<ExitCode()> RunCommandOptions::chosen() const {
  if (*status_command_) return [this] { return print_status(status_); };
  if (*stop_command_) return [this] { return stop_run(stop_); };
  if (*seal_command_) return [this] { return seal_run(seal_); };
  if (*report_command_) return [this] { return print_report(report_); };
  if (*export_command_) return [this] { return export_run(export_); };
  return nullptr;
}

}  // namespace coxswain::runner
