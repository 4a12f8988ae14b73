#include <map>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "jobs/task/task.hpp"
#include "storage/files/bytes.hpp"

namespace coxswain::jobs {
namespace {

// Raised when bfloat16 comes to round otherwise, for all kinds that run a
// model: float32 stays.
constexpr std::uint32_t kBfloat16Version = 2;

// Raised when what all kinds stand on comes to round otherwise. 2: products are
// kernels of our own whose rows stand alone, and sums over pairs, texts and
// activations have no order, so that tasks may be cut anywhere.
constexpr std::uint32_t kArithmeticVersion = 2;

// The bytes that a key is the hash of.
class KeyWriter {
 public:
  template <class T>
  void put(const T& value) {
    if constexpr (HasFields<T>) {
      for_each_field(value, [this](const auto& field) { put_field(field); });
    } else if constexpr (std::is_enum_v<T>) {
      static_assert(sizeof(T) == 1);
      out_.number(static_cast<std::uint8_t>(value));
    } else {
      out_.number(value);
    }
  }
  void put(const std::string& text) { out_.text(text); }
  void put(const storage::Key& key) {
    out_.number(key.high);
    out_.number(key.low);
  }
  void put(ComputeType compute) {
    out_.number(static_cast<std::uint8_t>(compute));
    if (compute == ComputeType::bfloat16) out_.number(kBfloat16Version);
  }
  template <class T>
  void put(const std::vector<T>& list) {
    out_.number<std::uint64_t>(list.size());
    put_elements(list);
  }
  template <class Range>
  void put_elements(const Range& list) {
    for (const auto& element : list) put(element);
  }

  storage::Key key() { return storage::key_of(out_.take()); }

 private:
  template <class T>
  void put_field(const Field<const T>& field) {
    switch (field.in_key) {
      case InKey::no:
        return;
      case InKey::yes:
        return put(field.value);
      case InKey::where_steered:
        if (!reading_) put(field.value);
        return;
      case InKey::uncounted:
        if constexpr (List<T>) put_elements(field.value);
        return;
      case InKey::as_read:
        reading_ = true;
        if constexpr (List<T>) put_elements(field.value);
        reading_ = false;
        return;
    }
  }

  storage::ByteWriter out_;
  bool reading_ = false;  // pairs, not what is steered with them
};

}  // namespace

storage::Key key_of(const Task& task, std::span<const storage::Key> inputs,
                    std::int64_t threads) {
  KeyWriter out;
  out.put(kArithmeticVersion);
  out.put(kind_of(task));
  out.put(threads);
  std::visit(
      [&]<class T>(const T& one) {
        out.put(KindTraits<T>::kVersion);
        out.put(one);
      },
      task);
  out.put_elements(inputs);
  return out.key();
}

storage::Key key_of_reading(std::span<const ContrastTokens> pairs) {
  KeyWriter out;
  for (const auto& [shared, match, other, steer_from, letter_sign] : pairs) {
    out.put(shared);
    out.put(match);
    out.put(other);
  }
  return out.key();
}

storage::Key key_of_steering(const ContrastTokens& item) {
  KeyWriter out;
  out.put(item);
  return out.key();
}

storage::Key key_of_clusters(std::span<const PairCluster> clusters) {
  std::map<std::int32_t, std::int32_t> numbers;  // as they come
  KeyWriter out;
  for (PairCluster pair : clusters) {
    pair.cluster = numbers
                       .try_emplace(pair.cluster,
                                    static_cast<std::int32_t>(numbers.size()))
                       .first->second;
    out.put(pair);
  }
  return out.key();
}

storage::Key key_of_texts(std::span<const std::vector<std::int32_t>> texts) {
  KeyWriter out;
  out.put_elements(texts);
  return out.key();
}

}  // namespace coxswain::jobs
