#include "storage/results/model_rows.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "storage/files/fault.hpp"

namespace coxswain::storage {
namespace {

const ResultArray& described(const std::string& name) {
  const auto arrays = result_arrays();
  const auto found = std::ranges::find(
      arrays, name, [](const ResultArray& one) { return one.name; });
  assert(found != arrays.end() && found->models != nullptr);
  return *found;
}

// Float32 with so many rows of so many numbers.
void check(const std::string& name, const Array& array, std::size_t rows,
           std::int64_t width) {
  const auto& shape = array.shape;
  if (array.dtype == DType::f32 && shape.size() == 2 &&
      shape[0] == static_cast<std::int64_t>(rows) &&
      (width < 0 || shape[1] == width) && shape[1] >= 0 &&
      dense_bytes(array.dtype, shape) == array.bytes.size()) {
    return;
  }
  throw StorageError(
      {"results", "arrays/" + name, shape_text(shape),
       "F32 with " + std::to_string(rows) + " rows" +
           (width < 0 ? "" : " of " + std::to_string(width) + " numbers"),
       "the file is damaged"});
}

}  // namespace

bool widths_differ(const Results& results) {
  return std::ranges::adjacent_find(results.models, std::ranges::not_equal_to(),
                                    &ModelRow::d_model) != results.models.end();
}

bool has_model_rows(const Results& results, const std::string& name) {
  return results.arrays.contains(
      widths_differ(results) ? array_of_model(name, 0) : name);
}

std::string array_of_model(const std::string& name, std::size_t model) {
  return name + "/" + std::to_string(model);
}

ModelRows::ModelRows(const Results& results, const std::string& name) {
  const std::vector<std::int32_t> models = described(name).models(results);
  const bool several = widths_differ(results);
  std::vector<std::size_t> rows(several ? results.models.size() : 1);
  for (const std::int32_t model : models) {
    const std::size_t part = several ? static_cast<std::size_t>(model) : 0;
    if (part >= rows.size()) {
      throw StorageError({"results", name,
                          "a row of model " + std::to_string(model),
                          "a row of tables/models", "the file is damaged"});
    }
    places_.emplace_back(part, rows[part]++);
  }
  for (std::size_t part = 0; part < rows.size(); ++part) {
    const std::string own = several ? array_of_model(name, part) : name;
    const Array& array = at(results.arrays, own, "results");
    check(own, array, rows[part],
          several ? std::int64_t{results.models[part].d_model} : -1);
    parts_.push_back(
        {&array, static_cast<std::size_t>(array.shape[1]) * sizeof(float)});
  }
}

std::string_view ModelRows::bytes(std::size_t row) const {
  assert(row < places_.size());
  const auto& [part, place] = places_[row];
  const Part& of = parts_[part];
  return std::string_view(of.array->bytes)
      .substr(place * of.row_bytes, of.row_bytes);
}

std::vector<float> ModelRows::floats(std::size_t row) const {
  const std::string_view from = bytes(row);
  std::vector<float> values(from.size() / sizeof(float));
  std::memcpy(values.data(), from.data(), from.size());
  return values;
}

}  // namespace coxswain::storage
