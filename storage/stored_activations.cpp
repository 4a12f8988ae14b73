#include "storage/stored_activations.hpp"

#include <algorithm>
#include <filesystem>

#include "storage/fault.hpp"
#include "storage/h5.hpp"
#include "storage/run_directory.hpp"
#include "storage/safetensors.hpp"

namespace coxswain::storage {
namespace {

namespace fs = std::filesystem;

constexpr const char* kGroup = "activations";
constexpr std::string_view kLayer = "layer_";
constexpr std::uint8_t kDone = 0;  // in tables/cells

bool is_safetensors(const std::string& path) {
  return path.ends_with(".safetensors");
}

[[noreturn]] void refuse_run(const std::string& file, const std::string& item,
                             const std::string& found) {
  throw StorageError({file, item, found, "stored activations",
                      "run its sweep to the end with [store] activations = "
                      "\"letter\""});
}

// The layers of one behaviour's group, and how many rows its table has.
std::vector<int> layers_in(const H5File& file, const std::string& group) {
  std::vector<int> layers;
  for (const std::string& name : file.children(group)) {
    if (!name.starts_with(kLayer)) continue;
    const std::string number = name.substr(kLayer.size());
    if (number.empty() || number.size() > 6 ||
        number.find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    layers.push_back(std::stoi(number));
  }
  std::sort(layers.begin(), layers.end());
  return layers;
}

void require_done(const std::string& path, const std::string& behaviour,
                  const std::vector<ActivationRow>& rows,
                  const std::vector<CellRow>& cells) {
  if (rows.empty()) refuse_run(path, behaviour, "no rows");
  const auto cell = static_cast<std::size_t>(rows.front().cell);
  if (cell >= cells.size() || cells[cell].state != kDone) {
    refuse_run(path, behaviour, "activations that were not all computed");
  }
}

StoredActivations open_run(const std::string& path) {
  StoredActivations found;
  found.file = path;
  const H5File file = H5File::open(path);
  const std::vector<std::string> groups = file.children("/");
  if (std::find(groups.begin(), groups.end(), kGroup) == groups.end()) {
    refuse_run(path, kGroup, "none");
  }
  const std::vector<std::string> models = file.children(kGroup);
  if (models.size() != 1) refuse_run(path, kGroup, "not of one model");
  found.model = models[0];
  const auto cells = read_rows_of<CellRow>(file);
  // In the order of the run.
  for (const BehaviourRow& behaviour : read_rows_of<BehaviourRow>(file)) {
    const std::string name = behaviour.name.str();
    const std::string group =
        std::string(kGroup) + "/" + found.model + "/" + name;
    const auto rows = read_rows_of<ActivationRow>(file, group + "/rows");
    require_done(path, name, rows, cells);
    found.behaviours.push_back({name, std::ssize(rows) / 2});
    const std::vector<int> layers = layers_in(file, group);
    if (found.behaviours.size() > 1 && layers != found.layers) {
      refuse_run(path, name, "other layers than its neighbours have");
    }
    found.layers = layers;
  }
  for (const ModelRow& model : read_rows_of<ModelRow>(file)) {
    found.d_in = model.d_model;
  }
  return found;
}

StoredActivations open_file(const std::string& path) {
  const SafetensorsFile file(path);
  StoredActivations found;
  found.file = path;
  const auto shape = [&](const char* name) {
    const auto tensor = file.tensors().find(name);
    if (tensor == file.tensors().end() || tensor->second.shape.size() != 2) {
      throw StorageError({path, name, "no matrix of this name",
                          "positive and negative [n_pairs, d_in]", ""});
    }
    return tensor->second.shape;
  };
  const auto positive = shape("positive");
  if (positive != shape("negative") || positive[0] < 1 || positive[1] < 1) {
    throw StorageError({path, "negative", "another shape than positive's",
                        "one row a pair in both", ""});
  }
  found.d_in = positive[1];
  found.behaviours.push_back({fs::path(path).stem().string(), positive[0]});
  return found;
}

}  // namespace

StoredActivations open_stored_activations(const std::string& path) {
  if (is_safetensors(path)) return open_file(path);
  return open_run(fs::is_directory(path) ? RunDirectory(path).results() : path);
}

Array read_stored_activations(const StoredActivations& of,
                              const std::string& behaviour, int layer) {
  if (!is_safetensors(of.file)) {
    Array rows = H5File::open(of.file).read_array(
        std::string(kGroup) + "/" + of.model + "/" + behaviour + "/" +
        std::string(kLayer) + std::to_string(layer));
    if (rows.shape.size() != 2 || rows.shape[0] % 2 != 0 ||
        rows.shape[1] != of.d_in || rows.dtype != DType::f32) {
      refuse_run(of.file, behaviour, "an array that is not of pairs");
    }
    rows.shape = {rows.shape[0] / 2, 2, rows.shape[1]};
    return rows;
  }
  const SafetensorsFile file(of.file);
  const std::vector<float> sides[] = {floats(file.read("positive")),
                                      floats(file.read("negative"))};
  const auto d = static_cast<std::size_t>(of.d_in);
  std::vector<float> pairs(sides[0].size() * 2);
  for (std::size_t i = 0; i < pairs.size() / d; ++i) {
    const float* from = sides[i % 2].data() + i / 2 * d;
    std::copy(from, from + d, pairs.data() + i * d);
  }
  const std::int64_t n = file.tensors().at("positive").shape[0];
  return make_array(std::span<const float>(pairs), {n, 2, of.d_in});
}

}  // namespace coxswain::storage
