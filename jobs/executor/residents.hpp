#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>

namespace coxswain::jobs {

// What stays loaded between tasks, models and SAEs, up to so many bytes
// together. For a new one, those of its kind go first, and of these the one
// that was used least recently: a row of SAEs does not drive out the model.
// Nothing goes that the task under way has asked for. Not thread-safe.
class Residents {
 public:
  explicit Residents(std::int64_t most) : most_(most) {}
  void set_most(std::int64_t bytes) { most_ = bytes; }

  // What was asked for until now may go.
  void begin_task();
  // What load() makes of this key, or what it made before; room for size()
  // bytes is made first. The reference holds until the next begin_task().
  template <class T, class Size, class Load>
  const T& get(const std::string& key, const Size& size, const Load& load) {
    if (const void* known = find(key)) return *static_cast<const T*>(known);
    const std::int64_t bytes = size();
    make_room(bytes, &kKind<T>);
    auto loaded = std::make_shared<const T>(load());
    return *static_cast<const T*>(
        add({key, bytes, &kKind<T>, std::move(loaded)}));
  }
  void clear() { all_.clear(); }

  std::int64_t bytes() const;
  bool has(const std::string& key) const;

 private:
  // The address of a type's own kKind tells it from other types.
  template <class T>
  static constexpr char kKind = 0;

  // A model or SAE that is loaded.
  struct Resident {
    std::string key;
    std::int64_t bytes = 0;
    const char* kind = nullptr;
    std::shared_ptr<const void> what;
    bool in_use = true;  // by the task under way
  };

  const void* find(const std::string& key);
  void make_room(std::int64_t bytes, const char* kind);
  const void* add(Resident resident);

  std::int64_t most_;
  std::list<Resident> all_;  // the last used first
};

}  // namespace coxswain::jobs
