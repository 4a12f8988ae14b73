#include "storage/tensors/torch_tensors.hpp"

#include <cassert>
#include <limits>
#include <optional>
#include <utility>

#include "storage/files/fault.hpp"

namespace coxswain::storage {
namespace {

using Kind = PickleValue::Kind;
using Extents = std::vector<std::int64_t>;

// A class of torch that may be named, and the numbers it holds.
struct StorageKind {
  std::string_view global;
  DType dtype;
};
constexpr StorageKind kStorages[] = {
    {"torch FloatStorage", DType::f32},
    {"torch DoubleStorage", DType::f64},
    {"torch HalfStorage", DType::f16},
    {"torch BFloat16Storage", DType::bf16},
    {"torch IntStorage", DType::i32},
    {"torch LongStorage", DType::i64},
    {"torch ByteStorage", DType::u8},
    {"torch BoolStorage", DType::boolean},
    {"torch.storage UntypedStorage", DType::u8}};

constexpr std::string_view kTensor = "torch._utils _rebuild_tensor_v2";
constexpr std::string_view kParameter = "torch._utils _rebuild_parameter";
constexpr std::string_view kSize = "torch Size";

// offset + sum of (size - 1) * stride + 1: the elements a storage must have.
// Nothing if that overflows. No size is 0.
std::optional<std::uint64_t> reach(std::int64_t offset, const Extents& sizes,
                                   const Extents& strides) {
  assert(offset >= 0);
  assert(sizes.size() == strides.size());
  std::int64_t last = offset;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    std::int64_t step = 0;
    // Strides are a stranger's: products and sums are watched.
    if (__builtin_mul_overflow(sizes[i] - 1, strides[i], &step) ||
        __builtin_add_overflow(last, step, &last)) {
      return std::nullopt;
    }
  }
  return static_cast<std::uint64_t>(last) + 1;
}

// Strides of dimensions of one element say nothing.
bool is_row_major(const Extents& sizes, const Extents& strides) {
  assert(sizes.size() == strides.size());
  std::int64_t expected = 1;
  for (std::size_t i = sizes.size(); i-- > 0;) {
    if (sizes[i] != 1 && strides[i] != expected) return false;
    expected *= sizes[i];
  }
  return true;
}

bool is_column_major(const Extents& sizes, const Extents& strides) {
  assert(sizes.size() == strides.size());
  return sizes.size() == 2 && strides[0] == 1 && strides[1] == sizes[0];
}

// Goes through a state dict and gathers its tensors, checked against their
// storages.
class Describer {
 public:
  Describer(const Pickle& pickle, const std::string& file, TorchShape shape)
      : pickle_(pickle), file_(file), shape_(shape) {}

  TorchContents describe() {
    const PickleValue& root = unwrapped(pickle_.at(pickle_.root));
    if (shape_ == TorchShape::any && is_call(root, kTensor)) {
      contents_.tensors.emplace("", tensor(root, ""));
      return std::move(contents_);
    }
    if (root.kind != Kind::mapping) {
      refuse("", is_call(root, kTensor) ? "a tensor alone" : "no mapping",
             "a mapping from names to tensors");
    }
    walk(root, "", 0);
    if (contents_.tensors.empty()) refuse("", "no tensors", "some");
    return std::move(contents_);
  }

 private:
  // Takes the entries of a mapping. One may hold itself, or one mapping many
  // times: depth and entries have limits.
  void walk(const PickleValue& mapping, const std::string& prefix, int depth) {
    // Real state dicts nest once or twice; a cycle ends here.
    constexpr int kDeepest = 8;
    constexpr std::size_t kMostEntries = 1U << 17;
    constexpr std::size_t kLongestName = 512;
    if (depth > kDeepest) refuse(prefix, "mappings nested too deeply", "few");
    for (std::size_t i = 0; i + 1 < mapping.items.size(); i += 2) {
      if (++entries_ > kMostEntries) refuse("", "too many entries", "");
      const PickleValue& key = pickle_.at(mapping.items[i]);
      const PickleValue& value = unwrapped(pickle_.at(mapping.items[i + 1]));
      const bool nested = value.kind == Kind::mapping;
      const bool is_said =
          value.kind == Kind::text || value.kind == Kind::integer;
      const std::optional<std::string> own = name_of(key);
      if (!own || !(nested || is_said || is_call(value, kTensor))) continue;
      const std::string name = prefix + *own;
      if (name.size() >= kLongestName) {
        refuse(printable(name), "a name too long",
               "fewer than " + std::to_string(kLongestName) + " bytes");
      }
      if (nested) {
        walk(value, name + '.', depth + 1);
      } else if (is_said) {
        contents_.texts.emplace(name, value.kind == Kind::text
                                          ? std::string(value.text)
                                          : std::to_string(value.integer));
      } else if (!contents_.tensors.emplace(name, tensor(value, name)).second) {
        refuse(name, "two tensors of this name", "one");
      }
    }
  }

  // Of an entry of a mapping; none for a key that names nothing.
  std::optional<std::string> name_of(const PickleValue& key) const {
    if (key.kind == Kind::text) return std::string(key.text);
    if (shape_ == TorchShape::any && key.kind == Kind::integer) {
      return std::to_string(key.integer);
    }
    return std::nullopt;
  }

  bool is_call(const PickleValue& value, std::string_view global) const {
    return value.kind == Kind::call && value.text == global;
  }
  const std::vector<std::uint32_t>& arguments(const PickleValue& call) const {
    assert(call.kind == Kind::call && call.items.size() == 1);
    return pickle_.at(call.items.at(0)).items;
  }
  // The tensor inside a parameter; any other value as it is.
  const PickleValue& unwrapped(const PickleValue& value) const {
    if (!is_call(value, kParameter) || arguments(value).empty()) return value;
    return pickle_.at(arguments(value)[0]);
  }

  TorchTensor tensor(const PickleValue& call, const std::string& name) {
    const auto& items = arguments(call);
    if (items.size() < 6) refuse(name, "no tensor", "its six parts");
    TorchTensor found;
    const TorchStorage storage = place(pickle_.at(items[0]), name, found);
    found.tensor.dtype = storage.dtype;
    found.tensor.shape = extents(pickle_.at(items[2]), name);
    const Extents strides = extents(pickle_.at(items[3]), name);
    const PickleValue& offset = pickle_.at(items[1]);
    if (strides.size() != found.tensor.shape.size() ||
        offset.kind != Kind::integer || offset.integer < 0) {
      refuse(name, "sizes, strides and offset that don't belong together", "");
    }
    lay_out(name, storage, offset.integer, strides, found);
    return found;
  }

  // Sets order and offset in bytes, once the tensor is known to fit.
  void lay_out(const std::string& name, const TorchStorage& storage,
               std::int64_t offset, const Extents& strides,
               TorchTensor& tensor) const {
    const Extents& shape = tensor.tensor.shape;
    const auto bytes = dense_bytes(storage.dtype, shape);
    if (!bytes) refuse(name, "an impossible shape", "");
    const auto needed = *bytes == 0 ? std::optional(std::uint64_t{0})
                                    : reach(offset, shape, strides);
    if (!needed || *needed > storage.count) {
      refuse(name, "sizes and strides that reach beyond the storage",
             "at most its " + std::to_string(storage.count) + " elements");
    }
    if (*bytes == 0) return;
    if (!is_row_major(shape, strides)) {
      if (!is_column_major(shape, strides)) {
        refuse(name, "strides of neither row- nor column-major order",
               "a dense tensor; save it .contiguous()");
      }
      tensor.tensor.column_major = true;
    }
    tensor.offset = static_cast<std::uint64_t>(offset) * size_of(storage.dtype);
  }

  // Persistent ids: ("storage", kind, key, device, elements[, view]).
  TorchStorage place(const PickleValue& reference, const std::string& name,
                     TorchTensor& tensor) {
    if (reference.kind != Kind::persistent) refuse(name, "no storage", "one");
    const std::vector<std::uint32_t>& id =
        pickle_.at(reference.items.at(0)).items;
    if (id.size() < 5 || pickle_.at(id[0]).text != "storage" ||
        pickle_.at(id[2]).kind != Kind::text ||
        pickle_.at(id[4]).kind != Kind::integer ||
        pickle_.at(id[4]).integer < 0) {
      refuse(name, "a reference to no storage", "kind, key and count");
    }
    if (id.size() > 5 && pickle_.at(id[5]).kind != Kind::none) {
      refuse(name, "a storage that is part of another", "a whole one");
    }
    const TorchStorage storage{
        storage_kind(pickle_.at(id[1]), name),
        static_cast<std::uint64_t>(pickle_.at(id[4]).integer)};
    tensor.storage = pickle_.at(id[2]).text;
    const auto [known, is_new] =
        contents_.storages.emplace(tensor.storage, storage);
    // Two tensors may share a storage, but they have to agree on what it is.
    if (!is_new && (known->second.dtype != storage.dtype ||
                    known->second.count != storage.count)) {
      refuse(name, "a storage of two kinds or sizes", "one");
    }
    return storage;
  }

  DType storage_kind(const PickleValue& global, const std::string& name) const {
    for (const StorageKind& kind : kStorages) {
      if (global.kind == Kind::global && global.text == kind.global) {
        return kind.dtype;
      }
    }
    refuse(name, "a storage of unknown kind", "FloatStorage or another");
  }

  Extents extents(const PickleValue& value, const std::string& name) const {
    constexpr std::size_t kMostDimensions = 64;  // torch's own limit
    const bool size = is_call(value, kSize) && arguments(value).size() == 1;
    const PickleValue& tuple = size ? pickle_.at(arguments(value)[0]) : value;
    if (tuple.kind != Kind::tuple || tuple.items.size() > kMostDimensions) {
      refuse(name, "sizes or strides that are none", "whole numbers");
    }
    Extents found;
    for (const std::uint32_t item : tuple.items) {
      const PickleValue& extent = pickle_.at(item);
      if (extent.kind != Kind::integer || extent.integer < 0) {
        refuse(name, "sizes or strides that are none", "whole numbers from 0");
      }
      found.push_back(extent.integer);
    }
    return found;
  }

  [[noreturn]] void refuse(const std::string& item, const std::string& found,
                           const std::string& expected) const {
    throw StorageError({file_, printable(item), found, expected, ""});
  }

  const Pickle& pickle_;
  const std::string& file_;
  const TorchShape shape_;
  TorchContents contents_;
  std::size_t entries_ = 0;
};

}  // namespace

const std::set<std::string>& torch_globals() {
  static const std::set<std::string> globals = [] {
    std::set<std::string> names{"collections OrderedDict", std::string(kTensor),
                                std::string(kParameter), std::string(kSize)};
    for (const StorageKind& kind : kStorages) names.emplace(kind.global);
    return names;
  }();
  return globals;
}

TorchContents describe_tensors(const Pickle& pickle, const std::string& file,
                               TorchShape shape) {
  return Describer(pickle, file, shape).describe();
}

}  // namespace coxswain::storage
