#include "jobs/task/result_slices.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "jobs/task/decompose_result.hpp"
#include "jobs/task/extract_result.hpp"
#include "jobs/task/features_result.hpp"
#include "jobs/task/variants_result.hpp"
#include "jobs/task/vector_result.hpp"

namespace coxswain::jobs {
namespace {

// Collects, slice by slice, the hashes of the arrays that have them.
class Slices {
 public:
  explicit Slices(const TaskOutput& output) : output_(output) {}

  // An array that has to be there, cut along an axis: the first one says how
  // many slices there are.
  template <class Named>
  void cut(Named which, std::size_t axis) {
    const storage::Array* array = find(which.name);
    broken_ = broken_ || array == nullptr || !cut_one(*array, axis);
  }
  // One that may be there.
  template <class Named>
  void cut_if_there(Named which, std::size_t axis) {
    const storage::Array* array = find(which.name);
    if (array != nullptr) broken_ = broken_ || !cut_one(*array, axis);
  }
  // An array that belongs to every slice.
  template <class Named>
  void share(Named which) {
    const storage::Array* array = find(which.name);
    broken_ = broken_ || array == nullptr;
    if (broken_) return;
    for (std::string& text : texts_) text += hex(storage::key_of(array->bytes));
  }

  std::vector<storage::Key> keys() const {
    std::vector<storage::Key> keys;
    if (broken_) return keys;
    for (const std::string& text : texts_)
      keys.push_back(storage::key_of(text));
    return keys;
  }

 private:
  // Results that are too large for a message lie with the bulk; here neither
  // does yet.
  const storage::Array* find(const std::string& name) const {
    for (const storage::ArrayMap* arrays : {&output_.result, &output_.bulk}) {
      const auto found = arrays->find(name);
      if (found != arrays->end()) return &found->second;
    }
    return nullptr;
  }

  bool cut_one(const storage::Array& array, std::size_t axis) {
    if (array.shape.size() <= axis) return false;
    const auto n = static_cast<std::size_t>(array.shape[axis]);
    if (texts_.empty()) texts_.resize(n);
    std::size_t before = 1;
    for (std::size_t i = 0; i < axis; ++i) {
      before *= static_cast<std::size_t>(array.shape[i]);
    }
    if (n != texts_.size() || n * before == 0 ||
        array.bytes.size() % (n * before) != 0) {
      return false;
    }
    const std::size_t length = array.bytes.size() / (n * before);
    const std::string_view bytes = array.bytes;
    std::string gathered;
    for (std::size_t slice = 0; slice < n; ++slice) {
      const auto piece = [&](std::size_t outer) {
        return bytes.substr((outer * n + slice) * length, length);
      };
      gathered.clear();
      for (std::size_t outer = 0; before > 1 && outer < before; ++outer) {
        gathered += piece(outer);
      }
      const std::string_view whole = before > 1 ? gathered : piece(0);
      texts_[slice] += hex(storage::key_of(whole));
    }
    return true;
  }

  const TaskOutput& output_;
  std::vector<std::string> texts_;
  bool broken_ = false;
};

std::vector<storage::Key> layers_of_extract(const TaskOutput& output) {
  Slices slices(output);
  slices.cut(extract_result::kPositiveSum, 0);
  slices.cut(extract_result::kNegativeSum, 0);
  slices.cut(extract_result::kDifferenceSum, 0);
  slices.cut(extract_result::kLetterSums, 1);
  slices.cut(extract_result::kNorms, 2);
  slices.cut_if_there(extract_result::kActivations, 0);
  slices.share(extract_result::kLetterCounts);
  return slices.keys();
}

std::vector<storage::Key> layers_of_vector(const TaskOutput& output) {
  Slices slices(output);
  for (const auto which :
       {vector_result::kVector, vector_result::kPositiveMean,
        vector_result::kNegativeMean, vector_result::kBalanced,
        vector_result::kLetter, vector_result::kMedianNorm}) {
    slices.cut(which, 0);
  }
  slices.cut_if_there(vector_result::kAvailable, 0);
  slices.share(vector_result::kPairs);
  slices.share(vector_result::kLetterCounts);
  return slices.keys();
}

std::vector<storage::Key> parts_of(const TaskOutput& output) {
  Slices slices(output);
  slices.cut(decompose_result::kParts, 0);
  slices.cut_if_there(decompose_result::kPartsAvailable, 0);
  return slices.keys();
}

std::vector<storage::Key> features_of(const TaskOutput& output) {
  Slices slices(output);
  slices.cut(features_result::kDecoder, 0);
  slices.cut_if_there(features_result::kEncoder, 0);
  slices.cut_if_there(features_result::kGates, 0);
  return slices.keys();
}

// Evaluations read a vector, how a feature is read, and whether it is there,
// nothing else.
std::vector<storage::Key> vectors_of(const TaskOutput& output) {
  Slices slices(output);
  slices.cut(variants_result::kVectors, 0);
  slices.cut_if_there(variants_result::kEncoders, 0);
  slices.cut_if_there(variants_result::kGates, 0);
  std::vector<storage::Key> keys = slices.keys();
  const auto available = output.result.find(variants_result::kAvailable.name);
  if (available == output.result.end()) return keys;
  const std::vector<std::int64_t> there = storage::integers(available->second);
  for (std::size_t i = 0; i < keys.size() && i < there.size(); ++i) {
    if (there[i] == 0) keys[i] = {};
  }
  return keys;
}

// Of every kind; what is read whole has none.
std::vector<storage::Key> slices(const auto&, const TaskOutput&) { return {}; }
std::vector<storage::Key> slices(const ExtractTask&, const TaskOutput& output) {
  return layers_of_extract(output);
}
std::vector<storage::Key> slices(const ImportTask&, const TaskOutput& output) {
  return layers_of_extract(output);
}
std::vector<storage::Key> slices(const VectorTask&, const TaskOutput& output) {
  return layers_of_vector(output);
}
std::vector<storage::Key> slices(const DecomposeTask&,
                                 const TaskOutput& output) {
  return parts_of(output);
}
std::vector<storage::Key> slices(const VariantsTask&,
                                 const TaskOutput& output) {
  return vectors_of(output);
}
std::vector<storage::Key> slices(const FeaturesTask&,
                                 const TaskOutput& output) {
  return features_of(output);
}

}  // namespace

std::vector<storage::Key> slices_of(const Task& task,
                                    const TaskOutput& output) {
  return std::visit([&](const auto& one) { return slices(one, output); }, task);
}

storage::Key content_of(const TaskOutput& output) {
  // In the order of names, result or bulk: a large result lies with the bulk,
  // a copy of it that was put together elsewhere does not.
  std::map<std::string, storage::Key> keys;
  for (const storage::ArrayMap* arrays : {&output.result, &output.bulk}) {
    for (const auto& [name, array] : *arrays) {
      keys[name] = storage::key_of(array.bytes);
    }
  }
  std::string text;
  for (const auto& [name, key] : keys) text += name + hex(key);
  return storage::key_of(text);
}

}  // namespace coxswain::jobs
