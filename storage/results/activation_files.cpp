#include "storage/results/activation_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <filesystem>
#include <utility>

#include "storage/files/digest.hpp"
#include "storage/files/fault.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::storage {
namespace {

namespace fs = std::filesystem;

std::uint64_t row_bytes(const ActivationSet& set) {
  assert(set.d_model > 0);
  return static_cast<std::uint64_t>(set.d_model) * size_of(set.dtype);
}

}  // namespace

std::uint64_t bytes_of(const ActivationSet& set) {
  return row_bytes(set) * set.layers.size() * set.rows.size();
}

std::vector<ActivationPart> activation_parts(
    const std::vector<ActivationSet>& sets, std::uint64_t file_bytes) {
  std::vector<ActivationPart> parts;
  std::int32_t file = 0;
  std::uint64_t used = 0;
  for (std::size_t set = 0; set < sets.size(); ++set) {
    const std::uint64_t each = row_bytes(sets[set]) * sets[set].layers.size();
    const auto rows = std::ssize(sets[set].rows);
    for (std::int64_t first = 0; first < rows;) {
      assert(each > 0 && "rows of at least one layer");
      auto fit = static_cast<std::int64_t>(
          (file_bytes - std::min(used, file_bytes)) / each);
      if (fit == 0 && used > 0) {
        ++file;
        used = 0;
        continue;
      }
      // A row that is larger than a file has one to itself.
      fit = std::clamp<std::int64_t>(fit, 1, rows - first);
      parts.push_back({set, first, fit, file});
      used += each * static_cast<std::uint64_t>(fit);
      first += fit;
    }
  }
  return parts;
}

ActivationFiles::ActivationFiles(std::string run_directory,
                                 std::vector<ActivationSet> sets,
                                 std::uint64_t file_bytes, std::string contents)
    : folder_(RunDirectory(std::move(run_directory)).activations_folder()),
      sets_(std::move(sets)),
      contents_(std::move(contents)),
      parts_(activation_parts(sets_, file_bytes)) {
  make_folders(folder_);
  n_files_ = parts_.empty() ? 0 : parts_.back().file + 1;
  for (std::int32_t file = 0; file < n_files_; ++file) {
    temporaries_.emplace_back(temporary_name(path_of(file)));
  }
}

std::string ActivationFiles::path_of(std::int32_t file) const {
  return fmt::format("{}/{:03}.h5", folder_, file);
}

H5File& ActivationFiles::open(std::int32_t file) {
  assert(0 <= file && file < n_files_);
  const auto found = open_.find(file);
  if (found != open_.end()) return found->second;
  H5File made = H5File::create(temporary_name(path_of(file)));
  made.attribute("/", "filetype", std::string(kActivationsFileType));
  made.attribute("/", "format_version", std::int64_t{kResultsFormatVersion});
  // Readers compare it with results.h5's: parts of two seals are never mixed.
  made.attribute("/", "contents", contents_);
  for (const ActivationPart& part : parts_) {
    if (part.file != file) continue;
    const ActivationSet& set = sets_[part.set];
    for (const std::int32_t layer : set.layers) {
      create_activations(made, set, layer, part.n);
      made.attribute(layer_path(set.path, layer), "first_row", part.first);
    }
  }
  return open_.emplace(file, std::move(made)).first->second;
}

void ActivationFiles::close_before(std::size_t set, std::int64_t first) {
  assert(set < sets_.size());
  for (const ActivationPart& part : parts_) {
    const bool behind =
        part.set < set || (part.set == set && part.first + part.n <= first);
    if (behind) continue;
    // The first file that is still to be written to.
    while (!open_.empty() && open_.begin()->first < part.file) {
      open_.begin()->second.close();
      open_.erase(open_.begin());
    }
    return;
  }
}

void ActivationFiles::write(std::size_t set, std::int32_t layer,
                            std::int64_t first, std::string_view values) {
  close_before(set, first);
  const std::uint64_t each = row_bytes(sets_[set]);
  assert(first >= 0 && values.size() % each == 0 && "whole rows");
  const std::int64_t end =
      first + static_cast<std::int64_t>(values.size() / each);
  for (const ActivationPart& part : parts_) {
    const std::int64_t from = std::max(first, part.first);
    const std::int64_t to = std::min(end, part.first + part.n);
    if (part.set != set || from >= to) continue;
    open(part.file).write_rows(
        layer_path(sets_[set].path, layer), from - part.first,
        values.substr(static_cast<std::size_t>(from - first) * each,
                      static_cast<std::size_t>(to - from) * each));
  }
}

std::vector<ActivationFileRow> ActivationFiles::finish() {
  std::vector<ActivationFileRow> rows;
  for (auto& [file, one] : open_) one.close();
  open_.clear();
  for (std::int32_t file = 0; file < n_files_; ++file) {
    const std::string path = temporary_name(path_of(file));
    ActivationFileRow row;
    row.id = file;
    row.file = {fmt::format("activations/{:03}.h5", file)};
    row.digest = {sha256_of_file(path)};
    row.bytes = static_cast<std::int64_t>(fs::file_size(path));
    rows.push_back(row);
  }
  return rows;
}

std::vector<ActivationPartRow> ActivationFiles::parts(
    const std::vector<std::int32_t>& behaviours) const {
  assert(behaviours.size() == sets_.size());
  std::vector<ActivationPartRow> rows;
  for (const ActivationPart& part : parts_) {
    for (const std::int32_t layer : sets_[part.set].layers) {
      rows.push_back(
          {part.file, behaviours.at(part.set), layer, part.first, part.n});
    }
  }
  return rows;
}

bool activation_files_are_there(const std::string& run_directory,
                                const H5File& results) {
  const auto files = read_rows_of<ActivationFileRow>(
      results, ActivationFileRow::schema().path,
      results.integer_attribute("/", "format_version"));
  return std::ranges::all_of(files, [&](const ActivationFileRow& row) {
    std::error_code error;
    const auto bytes =
        fs::file_size(fs::path(run_directory) / row.file.str(), error);
    // Lengths alone: digests would read gigabytes at every start.
    return !error && std::cmp_equal(bytes, row.bytes);
  });
}

void ActivationFiles::publish() {
  for (std::int32_t file = 0; file < n_files_; ++file) {
    publish_file(temporary_name(path_of(file)), path_of(file));
  }
  // A seal of before may have had more files; numbers have no holes.
  for (std::int32_t file = n_files_; fs::remove(path_of(file)); ++file) {
  }
}

}  // namespace coxswain::storage
