#include "runner/plan/own_vector_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <set>
#include <span>

#include "runner/base/exit_code.hpp"
#include "runner/sweep/known_names.hpp"

namespace coxswain::runner {
namespace {

using storage::OwnVector;
using storage::OwnVectors;

[[noreturn]] void refuse(const OwnVectors& file, const std::string& item,
                         const std::string& found, const std::string& expected,
                         const std::string& remedy) {
  throw ProgramError(ExitCode::bad_data,
                     storage::Fault{file.file, item, found, expected, remedy});
}

// A file of another model would steer with noise that looks like a vector.
void check_model(const OwnVectors& file, const VectorFileEntry& entry,
                 const PlannedModel& model, bool genuine) {
  const std::int64_t width = model.header.architecture.d_model;
  const OwnVector& first = file.vectors.front();
  if (first.width != width) {
    refuse(file, storage::printable(first.tensor),
           fmt::format("{} numbers", first.width),
           fmt::format("{}, as model {} has", width, model.entry.id),
           "name a file of this model, or say by model = \"ID\" which it is "
           "for");
  }
  if (!file.hook.empty() && file.hook != "resid_post" &&
      !file.hook.ends_with(".hook_resid_post")) {
    refuse(file, "hook", "\"" + storage::printable(file.hook) + "\"",
           "resid_post, where vectors are added", "");
  }
  if (genuine && !entry.any_model && !file.model.digest.empty() &&
      file.model.digest != model.source.digest) {
    refuse(file, "model_digest",
           storage::printable(file.model.digest) +
               (file.model.name.empty()
                    ? ""
                    : ", of " + storage::printable(file.model.name)),
           fmt::format("{}, of model {}", model.source.digest, model.entry.id),
           "take the vectors of that model, or say made_for = \"any\"");
  }
}

// A name alone cannot be held against a model.
void note_model(const OwnVectors& file, const PlannedModel& model,
                std::vector<std::string>& notes) {
  const std::string& said = file.model.name;
  if (said.empty() || !file.model.digest.empty() || said == model.entry.id) {
    return;
  }
  notes.push_back(fmt::format(
      "the file says that it is of model {}; that this is {} is not checked, "
      "since it has no digest",
      storage::printable(said), model.entry.id));
}

// Those of the one name that is asked for: a tensor's, or of all its layers.
std::vector<OwnVector> chosen(const OwnVectors& file,
                              const VectorFileEntry& entry) {
  std::set<std::string> names;
  for (const OwnVector& one : file.vectors) names.insert(one.name);
  if (entry.vector.empty() && names.size() > 1) {
    refuse(file, "vector", "vectors of several names",
           one_of(names, entry.name),
           "say which, by vector = \"NAME\" (coxswain check lists them)");
  }
  std::vector<OwnVector> some;
  for (const OwnVector& one : file.vectors) {
    if (entry.vector.empty() || one.name == entry.vector ||
        one.tensor == entry.vector) {
      some.push_back(one);
    }
  }
  if (some.empty()) {
    names.erase("");
    refuse(file, "vector", "\"" + entry.vector + "\"",
           names.empty()
               ? "no name: the file's vectors have none, or that of a "
                 "tensor, such as " +
                     storage::printable(file.vectors.front().tensor)
               : one_of(names, entry.vector),
           "coxswain check lists them");
  }
  return some;
}

// Places at layers: as the file says, or where the sweep puts one that has
// none.
std::vector<OwnVector> placed(const OwnVectors& file, const Sweep& sweep,
                              const VectorFileEntry& entry,
                              std::vector<std::string>& notes) {
  const std::vector<OwnVector> some = chosen(file, entry);
  std::vector<OwnVector> all;
  if (some.front().layer < 0) {
    if (entry.layers.empty()) {
      refuse(file, storage::printable(some.front().tensor),
             "a vector of no layer", "one whose layer is said",
             "say it by layer = 15, or name the tensor layer_15");
    }
    for (const int layer : entry.layers) {
      all.push_back(some.front());
      all.back().layer = layer;
    }
    return all;
  }
  std::set<std::int32_t> there, elsewhere;
  for (const OwnVector& one : some) {
    there.insert(one.layer);
    const auto& wanted =
        entry.layers.empty() ? sweep.vector_layers : entry.layers;
    if (std::ranges::count(wanted, one.layer) > 0) {
      all.push_back(one);
    } else if (entry.layers.empty()) {
      elsewhere.insert(one.layer);
    }
  }
  for (const int layer : entry.layers) {
    if (!there.contains(layer)) {
      refuse(file, fmt::format("layer {}", layer), "no such vector",
             fmt::format("of layers {}", fmt::join(there, ", ")),
             "change layer, or leave it out for all of the file's");
    }
  }
  if (all.empty()) {
    refuse(file, "layers", fmt::format("{}", fmt::join(there, ", ")),
           fmt::format("one of {}, which [vector] extracts",
                       fmt::join(sweep.vector_layers, ", ")),
           "add the file's layers to those of [vector]");
  }
  if (!elsewhere.empty()) {
    notes.push_back(
        fmt::format("layers {} of the file are not among those of [vector]",
                    fmt::join(elsewhere, ", ")));
  }
  return all;
}

}  // namespace

OwnVectorValues own_vector_values(const Sweep& sweep,
                                  const VectorFileEntry& entry,
                                  const OwnVectors& file,
                                  const PlannedModel& model, bool genuine) {
  check_model(file, entry, model, genuine);
  OwnVectorValues made;
  note_model(file, model, made.notes);
  const auto vectors = placed(file, sweep, entry, made.notes);
  const auto read = blame(ExitCode::bad_data, [&] {
    return storage::read_own_vectors(file, vectors);
  });
  const auto width =
      static_cast<std::size_t>(model.header.architecture.d_model);
  made.values.resize(sweep.vector_layers.size() * width);
  for (std::size_t row = 0; row < sweep.vector_layers.size(); ++row) {
    const auto of_layer =
        std::ranges::find(vectors, sweep.vector_layers[row], &OwnVector::layer);
    if (of_layer == vectors.end()) continue;
    const auto& values =
        read[static_cast<std::size_t>(of_layer - vectors.begin())];
    assert(values.size() == width);
    const double norm = storage::length_of(values);
    if (norm == 0) {
      refuse(file, storage::printable(of_layer->tensor), "zeros alone",
             "a vector with a direction",
             "leave its layer out, by layer = [...]");
    }
    const double factor = entry.norm ? *entry.norm / norm : 1;
    for (std::size_t i = 0; i < width; ++i) {
      made.values[row * width + i] = factor * double{values[i]};
    }
    made.layers.push_back(sweep.vector_layers[row]);
    made.norms.push_back(entry.norm.value_or(norm));
  }
  return made;
}

OwnVectorValues summed_values(const Sweep& sweep, const VectorFileEntry& entry,
                              const std::vector<OwnVectorValues>& parts,
                              const PlannedModel& model) {
  assert(parts.size() == entry.sum.size());
  const auto refuse_sum = [&](int layer, const std::string& found,
                              const std::string& expected) {
    throw ProgramError(
        ExitCode::bad_sweep,
        storage::Fault{
            sweep.path,
            fmt::format("vector_file {}, layer {}", entry.name, layer), found,
            expected, "change its layer, sum or weights"});
  };
  const auto width =
      static_cast<std::size_t>(model.header.architecture.d_model);
  OwnVectorValues made;
  made.values.resize(sweep.vector_layers.size() * width);
  for (std::size_t row = 0; row < sweep.vector_layers.size(); ++row) {
    const int layer = sweep.vector_layers[row];
    const bool named = std::ranges::count(entry.layers, layer) > 0;
    if (!entry.layers.empty() && !named) continue;
    const std::span<double> sum(&made.values[row * width], width);
    bool any = false;
    for (std::size_t part = 0; part < parts.size(); ++part) {
      if (std::ranges::count(parts[part].layers, layer) == 0) continue;
      any = true;
      for (std::size_t i = 0; i < width; ++i) {
        sum[i] += entry.sum[part].weight * parts[part].values[row * width + i];
      }
    }
    if (!any && named) refuse_sum(layer, "no vector", "one of its sum's");
    if (!any) continue;
    double norm = 0;
    for (const double one : sum) norm = std::hypot(norm, one);
    if (norm == 0) refuse_sum(layer, "a sum of 0", "one with a direction");
    if (!(norm <= std::numeric_limits<float>::max())) {
      refuse_sum(layer, "a sum beyond float32", "smaller weights");
    }
    if (entry.norm) {
      for (double& one : sum) one *= *entry.norm / norm;
    }
    made.layers.push_back(layer);
    made.norms.push_back(entry.norm.value_or(norm));
  }
  return made;
}

}  // namespace coxswain::runner
