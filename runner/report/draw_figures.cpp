#include "runner/report/draw_figures.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#include "runner/base/child_process.hpp"
#include "runner/base/scoped_folder.hpp"
#include "runner/report/report_files.hpp"
#include "storage/files/durable_file.hpp"

namespace coxswain::runner {
namespace {

constexpr std::chrono::seconds kLimit(60);  // a figure takes less than one

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// cairo writes the time of day, whatever it is told: that of the epoch in its
// place. Where it is compressed it is not found, and stays.
std::string undated(std::string pdf) {
  constexpr std::string_view kDate = "/CreationDate (D:";
  constexpr std::string_view kEpoch = "19700101000000";
  const std::size_t at = pdf.find(kDate);
  if (at != std::string::npos &&
      at + kDate.size() + kEpoch.size() < pdf.size()) {
    pdf.replace(at + kDate.size(), kEpoch.size(), kEpoch);
  }
  return pdf;
}

// The last line that says something: gnuplot's comes below the line of the
// script and a caret.
std::string sentence_of(const ChildResult& result) {
  if (result.end == ChildEnd::timed_out) {
    return fmt::format("not done after {} s", kLimit.count());
  }
  std::string text = result.errors;
  text.erase(text.find_last_not_of(" \n") + 1);
  const std::size_t line = text.rfind('\n');
  return line == std::string::npos ? text : text.substr(line + 1);
}

}  // namespace

Drawn draw_figures(const std::vector<analysis::Figure>& figures,
                   const std::string& folder) {
  Drawn drawn;
  const ScopedFolder scratch(fmt::format("{}/drawing-{}", folder, ::getpid()));
  write_files(scratch.path(), text_files({{}, figures}));
  for (const analysis::Figure& figure : figures) {
    // -d: without the user's settings.
    const ChildResult result =
        run_child({"gnuplot", "-d", figure.name + ".gp"}, scratch.path(),
                  {"SOURCE_DATE_EPOCH=0"}, kLimit);
    if (result.end == ChildEnd::not_found) return {false, {}, {}};
    const std::string svg =
        bytes_of(scratch.path() + "/" + figure.name + ".svg");
    const std::string pdf =
        bytes_of(scratch.path() + "/" + figure.name + ".pdf");
    if (result.end != ChildEnd::done || svg.empty() || pdf.empty()) {
      drawn.failures.push_back(figure.name + ": " + sentence_of(result));
      continue;
    }
    storage::replace_file(folder + "/" + figure.name + ".svg", svg);
    storage::replace_file(folder + "/" + figure.name + ".pdf", undated(pdf));
    drawn.figures.push_back(figure.name);
  }
  return drawn;
}

}  // namespace coxswain::runner
