#include "jobs/task/made_of.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <type_traits>

#include "storage/files/bytes.hpp"

namespace coxswain::jobs {
namespace {

using storage::Key;

// Puts together what a task reads of its inputs, by content.
class Reading {
 public:
  explicit Reading(std::span<const InputContent> inputs) : inputs_(inputs) {}

  void all_of(std::size_t input) {
    add(input < inputs_.size() ? inputs_[input].all : Key{});
  }
  void slice(std::size_t input, std::int32_t number) {
    const auto at = static_cast<std::size_t>(number);
    const bool there = number >= 0 && input < inputs_.size() &&
                       at < inputs_[input].slices.size();
    add(there ? inputs_[input].slices[at] : Key{});
  }
  void slice(std::int32_t input, std::int32_t number) {
    slice(static_cast<std::size_t>(input), number);
  }

  // None if something is not known.
  std::optional<std::vector<Key>> keys() const {
    if (!known_) return std::nullopt;
    return keys_;
  }

 private:
  void add(const Key& key) {
    known_ = known_ && key != Key{};
    keys_.push_back(key);
  }

  std::span<const InputContent> inputs_;
  std::vector<Key> keys_;
  bool known_ = true;
};

Key hash(const Task& task, const Reading& read, std::int64_t threads) {
  const auto keys = read.keys();
  return keys ? key_of(task, *keys, threads) : Key{};
}

// A task that reads one layer of all its inputs: which of their rows that is
// says nothing of what is in it.
template <class T>
Key of_layer(T task, std::span<const InputContent> inputs,
             std::int64_t threads) {
  Reading read(inputs);
  for (std::size_t i = 0; i < inputs.size(); ++i) read.slice(i, task.layer);
  task.layer = 0;
  return hash(task, read, threads);
}

void read_request(const VariantsTask& task, const VariantRequest& request,
                  Reading& read) {
  read.slice(std::size_t{0}, request.vector_layer);
  for (std::int32_t i = 1; needs_pairs(request) && i <= task.n_extracts; ++i) {
    read.slice(i, request.vector_layer);
  }
  switch (request.source) {
    case VariantSource::reconstruction:
    case VariantSource::zero_reconstruction:
      read.slice(request.input, request.row);
      break;
    case VariantSource::other:
    case VariantSource::feature:
      read.slice(request.input, request.row);
      break;
    default:
      break;
  }
  if (request.dose_rule != DoseRule::behaviour_mean) return;
  for (const std::int32_t behaviour : task.behaviours) {
    read.slice(behaviour, request.vector_layer);
  }
}

Key of_requests(VariantsTask task, std::span<const InputContent> inputs,
                std::int64_t threads) {
  Reading read(inputs);
  bool pairs = false, means = false;
  for (const VariantRequest& request : task.requests) {
    read_request(task, request, read);
    pairs = pairs || needs_pairs(request);
    means = means || request.dose_rule == DoseRule::behaviour_mean;
  }
  // Which inputs and rows those were.
  if (!pairs) task.n_extracts = 0;
  for (std::int32_t& behaviour : task.behaviours) behaviour = 0;
  if (!means) task.behaviours.clear();
  for (VariantRequest& request : task.requests) {
    request.vector_layer = 0;
    request.input = request.row = -1;
  }
  return hash(task, read, threads);
}

}  // namespace

Key made_of(const Task& task, std::span<const InputContent> inputs,
            std::int64_t threads) {
  return std::visit(
      [&]<class T>(const T& one) -> Key {
        if constexpr (std::is_same_v<T, EvaluateTask>) {
          return {};
        } else if constexpr (std::is_same_v<T, VariantsTask>) {
          return of_requests(one, inputs, threads);
        } else {
          if constexpr (requires { one.layer; }) {
            // With texts of its own an activity task has no inputs, and its
            // layer is a block of the model.
            if (!inputs.empty()) return of_layer(one, inputs, threads);
          }
          Reading read(inputs);
          for (std::size_t i = 0; i < inputs.size(); ++i) read.all_of(i);
          return hash(task, read, threads);
        }
      },
      task);
}

Key basis_of_cells(const EvaluateTask& task, bool letter_mass,
                   std::int64_t threads) {
  EvaluateTask common;
  common.model = task.model;
  common.letter_mass = letter_mass;
  return key_of(common, {}, threads);
}

Key key_of_variant(const SteeredVariant& variant, Operation operation,
                   std::span<const Key> vectors) {
  assert(vectors.size() == 1 + variant.further.size());
  if (std::ranges::count(vectors, Key{}) > 0) return {};
  storage::ByteWriter out;
  const auto put = [&](const Key& vector, std::int32_t layer) {
    out.number(vector.high);
    out.number(vector.low);
    out.number(layer);
  };
  put(vectors.front(), variant.layer);
  out.number(static_cast<std::uint8_t>(variant.sign_rule));
  // Of one that is added as it was before there was anything else.
  if (operation != Operation::add) {
    out.number(static_cast<std::uint8_t>(operation));
  }
  if (operation == Operation::clamp) out.number(variant.clamped_to);
  for (std::size_t i = 0; i < variant.further.size(); ++i) {
    put(vectors[1 + i], variant.further[i].layer);
  }
  return storage::key_of(out.take());
}

}  // namespace coxswain::jobs
