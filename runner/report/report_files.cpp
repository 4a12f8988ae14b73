#include "runner/report/report_files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "analysis/forms/figure_files.hpp"
#include "analysis/forms/table_latex.hpp"
#include "analysis/forms/table_text.hpp"
#include "storage/files/durable_file.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

namespace fs = std::filesystem;

using ToText = std::string (*)(const analysis::Table& table);

// The main table is for a column of a paper, the others for its appendix.
std::string latex_of(const analysis::Table& table) {
  return table.name == "main" ? analysis::to_latex_column(table)
                              : analysis::to_latex(table);
}

constexpr std::pair<const char*, ToText> kForms[] = {
    {".txt", analysis::to_text},
    {".csv", analysis::to_csv},
    {".tex", latex_of},
    {".json", analysis::to_json}};

constexpr const char* kKinds[] = {".txt",  ".csv", ".tex",
                                  ".json", ".dat", ".gp"};

std::optional<std::string> bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

std::vector<ReportFile> text_files(const Report& report) {
  std::vector<ReportFile> files;
  for (const analysis::Table& table : report.tables) {
    for (const auto& [ending, to_form] : kForms) {
      files.push_back({table.name + ending, to_form(table)});
    }
  }
  for (const analysis::Figure& figure : report.figures) {
    files.push_back({figure.name + ".dat", analysis::to_data(figure)});
    files.push_back({figure.name + ".gp", analysis::to_script(figure)});
  }
  if (!report.methods.paragraphs.empty()) {
    files.push_back({"methods.txt", analysis::to_text(report.methods)});
    files.push_back({"methods.tex", analysis::to_latex(report.methods)});
  }
  return files;
}

void write_files(const std::string& folder,
                 const std::vector<ReportFile>& files) {
  storage::make_folders(folder);
  for (const ReportFile& file : files) {
    storage::replace_file(folder + "/" + file.name, file.bytes);
  }
}

void remove_stale_drawings(const std::string& folder,
                           const std::vector<ReportFile>& files) {
  for (const ReportFile& file : files) {
    const fs::path path = fs::path(folder) / file.name;
    const std::string ending = path.extension();
    if (ending != ".dat" && ending != ".gp") continue;
    if (bytes_of(path) == file.bytes) continue;
    for (const char* drawing : {".svg", ".pdf"}) {
      std::error_code failure;
      fs::remove(fs::path(path).replace_extension(drawing), failure);
      if (failure) {
        throw storage::StorageError({path, "a drawing", failure.message(),
                                     "to remove what is stale", ""});
      }
    }
  }
}

std::vector<std::string> differences(const std::string& folder,
                                     const std::vector<ReportFile>& files) {
  std::vector<std::string> lines;
  for (const ReportFile& file : files) {
    const std::string path = folder + "/" + file.name;
    const auto bytes = bytes_of(path);
    if (!bytes) {
      lines.push_back("missing   " + path);
    } else if (*bytes != file.bytes) {
      lines.push_back("differs   " + path);
    }
  }
  std::vector<std::string> others;
  std::error_code ignored;  // a folder that is not there: all is missing
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename();
    if (std::ranges::count(kKinds, entry.path().extension().string()) > 0 &&
        std::ranges::count(files, name, &ReportFile::name) == 0) {
      others.push_back("left over " + entry.path().string());
    }
  }
  std::ranges::sort(others);
  lines.insert(lines.end(), others.begin(), others.end());
  return lines;
}

}  // namespace coxswain::runner
