#include "storage/results/activation_reader.hpp"

#include <algorithm>
#include <filesystem>

#include "storage/files/fault.hpp"
#include "storage/results/results_file.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::storage {
namespace {

namespace fs = std::filesystem;

constexpr const char* kGroup = "activations";
constexpr std::string_view kLayer = "layer_";
constexpr std::int32_t kResultsItself = -1;

std::string results_of(const std::string& path) {
  return fs::is_directory(path) ? RunDirectory(path).results() : path;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

[[noreturn]] void refuse(const std::string& file, const std::string& item,
                         const std::string& found,
                         const std::string& expected) {
  throw StorageError({file, item, found, expected,
                      item == kGroup ? "run its sweep to the end with [store] "
                                       "activations"
                                     : ""});
}

// The layers of one behaviour's group.
std::vector<std::int32_t> layers_in(const H5File& file,
                                    const std::string& group) {
  std::vector<std::int32_t> layers;
  for (const std::string& name : file.children(group)) {
    if (!name.starts_with(kLayer)) continue;
    const std::string number = name.substr(kLayer.size());
    // std::stoi would throw on what does not fit an int.
    if (number.empty() || number.size() > 6 ||
        number.find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    layers.push_back(std::stoi(number));
  }
  std::sort(layers.begin(), layers.end());
  return layers;
}

}  // namespace

ActivationReader::ActivationReader(const std::string& path)
    : file_(results_of(path)),
      results_(H5File::open(file_)),
      version_(results_.integer_attribute("/", "format_version")) {
  if (!has(results_.children("/"), kGroup)) {
    refuse(file_, kGroup, "none", "stored activations");
  }
  const std::vector<std::string> models = results_.children(kGroup);
  if (models.size() != 1) {
    refuse(file_, kGroup, std::to_string(models.size()) + " models", "one");
  }
  model_ = models[0];
  contents_ = results_.text_attribute("/", "contents");
  // Files of format version 2 keep everything in themselves.
  if (has(results_.children("tables"), "activation_parts")) {
    files_ = rows_of<ActivationFileRow>();
    parts_ = rows_of<ActivationPartRow>();
  }
  const std::vector<std::string> stored =
      results_.children(std::string(kGroup) + "/" + model_);
  const auto behaviours = rows_of<BehaviourRow>();
  for (std::size_t i = 0; i < behaviours.size(); ++i) {
    // Vectors that are made otherwise, or of the user's own, have none beside
    // those of their pairs.
    if (has(stored, behaviours[i].name.str())) {
      add_behaviour(static_cast<std::int32_t>(i), behaviours[i]);
    }
  }
  if (behaviours_.empty()) {
    refuse(file_, kGroup, "none of a behaviour", "stored activations");
  }
}

void ActivationReader::add_behaviour(std::int32_t id, const BehaviourRow& row) {
  Behaviour behaviour;
  behaviour.id = id;
  behaviour.name = row.name.str();
  const std::string group =
      std::string(kGroup) + "/" + model_ + "/" + behaviour.name;
  behaviour.rows =
      read_rows_of<ActivationRow>(results_, group + "/rows", version_);
  behaviour.layers = layers_in(results_, group);
  for (const std::int32_t layer : behaviour.layers) {
    parts_.push_back(
        {kResultsItself, behaviour.id, layer, 0, std::ssize(behaviour.rows)});
  }
  if (behaviour.layers.empty()) {
    for (const ActivationPartRow& part : parts_) {
      if (part.behaviour != behaviour.id) continue;
      if (std::ranges::count(behaviour.layers, part.layer) == 0) {
        behaviour.layers.push_back(part.layer);
      }
    }
    std::sort(behaviour.layers.begin(), behaviour.layers.end());
  }
  behaviours_.push_back(std::move(behaviour));
}

const ActivationReader::Behaviour& ActivationReader::behaviour(
    const std::string& name) const {
  for (const Behaviour& one : behaviours_) {
    if (one.name == name) return one;
  }
  refuse(file_, name, "no such behaviour", "one of tables/behaviours");
}

// Files beside results.h5 that are of another seal than it are refused.
const H5File& ActivationReader::open(std::int32_t file) const {
  if (file == kResultsItself) return results_;
  const auto found = open_.find(file);
  if (found != open_.end()) return found->second;
  for (const ActivationFileRow& row : files_) {
    if (row.id != file) continue;
    const std::string path =
        (fs::path(file_).parent_path() / row.file.str()).string();
    H5File opened = H5File::open(path);
    const std::string contents = opened.text_attribute("/", "contents");
    if (contents != contents_) {
      throw StorageError({path, "contents", contents,
                          contents_ + ", as in " + file_,
                          "run the sweep again: it seals what is there"});
    }
    return open_.emplace(file, std::move(opened)).first->second;
  }
  refuse(file_, "tables/activation_files", "no file " + std::to_string(file),
         "each that tables/activation_parts names");
}

Array ActivationReader::read_rows(const std::string& behaviour,
                                  std::int32_t layer, std::int64_t first,
                                  std::int64_t n) const {
  const Behaviour& of = this->behaviour(behaviour);
  const std::string path =
      layer_path(std::string(kGroup) + "/" + model_ + "/" + behaviour, layer);
  Array all;
  std::int64_t next = first;
  for (const ActivationPartRow& part : parts_) {
    if (part.behaviour != of.id || part.layer != layer) continue;
    const std::int64_t to = std::min(first + n, part.first_row + part.n_rows);
    // Parts lie in the order of their rows: each goes on where the last one
    // ended.
    if (next < part.first_row || next >= to) continue;
    Array some =
        open(part.file).read_rows(path, next - part.first_row, to - next);
    next = to;
    if (all.shape.empty()) {
      all = std::move(some);
      continue;
    }
    all.shape[0] += some.shape.at(0);
    all.bytes += some.bytes;
  }
  if (next != first + n || n < 1) {
    refuse(file_, path,
           "no rows " + std::to_string(first) + " to " +
               std::to_string(first + n - 1),
           "a stored layer and rows of its table");
  }
  return all;
}

std::vector<float> ActivationReader::read(const ActivationPoint& point) const {
  const std::vector<ActivationRow>& rows = behaviour(point.behaviour).rows;
  // Not std::ranges::equal_range: clang 14, which builds the fuzzers, can't
  // parse what it gives.
  auto row = std::ranges::lower_bound(rows, point.item, std::less<>{},
                                      &ActivationRow::item);
  for (; row != rows.end() && row->item == point.item; ++row) {
    if (row->position != point.position ||
        (row->side != static_cast<std::uint8_t>(point.side) &&
         row->side != kBothSides)) {
      continue;
    }
    return floats(
        read_rows(point.behaviour, point.layer, row - rows.begin(), 1));
  }
  refuse(file_, point.behaviour,
         "no token " + std::to_string(point.position) + " of item " +
             std::to_string(point.item),
         "one that its table rows has");
}

}  // namespace coxswain::storage
