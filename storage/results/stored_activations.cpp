#include "storage/results/stored_activations.hpp"

#include <algorithm>
#include <filesystem>

#include "storage/files/fault.hpp"
#include "storage/files/file_reader.hpp"
#include "storage/files/stand_in.hpp"
#include "storage/results/activation_reader.hpp"
#include "storage/results/rows/cell_row.hpp"
#include "storage/results/rows/item_row.hpp"
#include "storage/results/rows/model_row.hpp"
#include "storage/tensors/safetensors.hpp"

namespace coxswain::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::uint8_t kDone = 0;  // in tables/cells

bool is_safetensors(const std::string& path) {
  return path.ends_with(".safetensors");
}

// HDF5's own word about a file of another kind would be that it can't.
void refuse_other_files(const std::string& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return;
  const std::string start = FileReader(path).beginning();
  if (start.starts_with("\x89HDF")) return;
  const StandIn other = stand_in(start);
  throw StorageError(
      {path, "", other.found,
       "a run directory, its results.h5, or a safetensors file with positive "
       "and negative",
       "name what activations of pairs were kept in; a vector alone has none"});
}

[[noreturn]] void refuse_run(const std::string& file, const std::string& item,
                             const std::string& found) {
  throw StorageError({file, item, found, "stored activations",
                      "run its sweep to the end with [store] activations = "
                      "\"letter\""});
}

void require_done(const ActivationReader& reader,
                  const ActivationReader::Behaviour& behaviour,
                  const std::vector<CellRow>& cells) {
  if (behaviour.rows.empty()) {
    refuse_run(reader.file(), behaviour.name, "no rows");
  }
  const auto cell = static_cast<std::size_t>(behaviour.rows.front().cell);
  if (cell >= cells.size() || cells[cell].state != kDone) {
    refuse_run(reader.file(), behaviour.name,
               "activations that were not all computed");
  }
}

// Rows at the token that vectors are read from: x+ and x- of each pair.
std::vector<std::int64_t> letter_rows(
    const ActivationReader& reader,
    const ActivationReader::Behaviour& behaviour) {
  const auto items = reader.rows_of<ItemRow>();
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < behaviour.rows.size(); ++i) {
    const ActivationRow& row = behaviour.rows[i];
    if (row.item < 0 || static_cast<std::size_t>(row.item) >= items.size()) {
      refuse_run(reader.file(), behaviour.name, "rows of no item");
    }
    // Tokens that both strings share are no x+ or x-; of the others only the
    // one that the answer is read from counts.
    if (row.side == kBothSides ||
        row.position !=
            items[static_cast<std::size_t>(row.item)].read_position) {
      continue;
    }
    const bool second = rows.size() % 2 == 1;
    if (row.side != (second ? 1 : 0) ||
        (second && behaviour.rows[static_cast<std::size_t>(rows.back())].item !=
                       row.item)) {
      refuse_run(reader.file(), behaviour.name, "rows that are not of pairs");
    }
    rows.push_back(static_cast<std::int64_t>(i));
  }
  if (rows.empty() || rows.size() % 2 == 1) {
    refuse_run(reader.file(), behaviour.name, "rows that are not of pairs");
  }
  return rows;
}

StoredActivations open_run(const std::string& path) {
  const ActivationReader reader(path);
  StoredActivations found;
  found.file = reader.file();
  found.model = reader.model();
  const auto cells = reader.rows_of<CellRow>();
  for (const ActivationReader::Behaviour& behaviour : reader.behaviours()) {
    require_done(reader, behaviour, cells);
    found.behaviours.push_back(
        {behaviour.name, std::ssize(letter_rows(reader, behaviour)) / 2});
    // One sweep has one list of layers for all behaviours.
    if (found.behaviours.size() > 1 && behaviour.layers != found.layers) {
      refuse_run(reader.file(), behaviour.name,
                 "other layers than its neighbours have");
    }
    found.layers = behaviour.layers;
  }
  for (const ModelRow& model : reader.rows_of<ModelRow>()) {
    found.d_in = model.d_model;
  }
  return found;
}

// [n_pairs, 2, d_in] float32; rows that follow each other are read at once.
Array read_run(const StoredActivations& of, const std::string& behaviour,
               int layer) {
  const ActivationReader reader(of.file);
  const auto rows = letter_rows(reader, reader.behaviour(behaviour));
  std::vector<float> values;
  for (std::size_t i = 0; i < rows.size();) {
    std::size_t end = i + 1;
    while (end < rows.size() && rows[end] == rows[end - 1] + 1) ++end;
    const Array some = reader.read_rows(behaviour, layer, rows[i],
                                        static_cast<std::int64_t>(end - i));
    if (some.shape.size() != 2 || some.shape[1] != of.d_in) {
      refuse_run(of.file, behaviour, "an array that is not of pairs");
    }
    const std::vector<float> wide = floats(some);
    values.insert(values.end(), wide.begin(), wide.end());
    i = end;
  }
  return make_array(std::span<const float>(values),
                    {std::ssize(rows) / 2, 2, of.d_in});
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
  refuse_other_files(path);
  return open_run(path);
}

Array read_stored_activations(const StoredActivations& of,
                              const std::string& behaviour, int layer) {
  if (!is_safetensors(of.file)) return read_run(of, behaviour, layer);
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
