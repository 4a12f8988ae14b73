#include "jobs/task/field.hpp"

#include <algorithm>
#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <catch2/catch.hpp>
#include <concepts>
#include <set>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include "jobs/task/task.hpp"
#include "jobs/task/task_serialisation.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

// Calls visit(part, keyed) for all that a task consists of, down to numbers
// and texts; for a list after its elements.
template <class Visit>
class Walk {
 public:
  explicit Walk(Visit visit) : visit_(std::move(visit)) {}

  template <class T>
  void over(T& value, bool keyed = true) {
    if constexpr (HasFields<T>) {
      for_each_field(value, [&](const auto& field) { into(field, keyed); });
    } else if constexpr (std::same_as<T, storage::Key>) {
      over(value.high, keyed);
      over(value.low, keyed);
    } else {
      if constexpr (List<T> && !std::same_as<T, std::string>) {
        for (auto& element : value) over(element, keyed);
      }
      visit_(value, keyed);
    }
  }

 private:
  template <class T>
  void into(const Field<T>& field, bool keyed) {
    const bool outer = reading_;
    reading_ = outer || field.in_key == InKey::as_read;
    keyed = keyed && field.in_key != InKey::no &&
            !(outer && field.in_key == InKey::where_steered);
    over(field.value, keyed);
    reading_ = outer;
  }

  Visit visit_;
  bool reading_ = false;
};

template <class T>
void change(T& value) {
  if constexpr (std::same_as<T, bool>) {
    value = !value;
  } else if constexpr (std::is_enum_v<T>) {
    value = static_cast<T>(static_cast<int>(value) ^ 1);
  } else if constexpr (std::same_as<T, std::string>) {
    value += "x";
  } else if constexpr (List<T>) {
    value.push_back({});
  } else {
    value += 1;
  }
}

// Two elements in every list, nothing anywhere as it was by default.
template <class T>
void fill(T& value) {
  if constexpr (HasFields<T>) {
    for_each_field(value, [](const auto& field) { fill(field.value); });
  } else if constexpr (std::same_as<T, storage::Key>) {
    value = {1, 2};
  } else if constexpr (List<T> && !std::same_as<T, std::string>) {
    value.resize(2);
    for (auto& element : value) fill(element);
  } else {
    change(value);
  }
}

template <class T>
int parts_of(T task) {
  int n = 0;
  Walk([&](const auto&, bool) { ++n; }).over(task);
  return n;
}

// Changes part number `n`. -> whether it is part of the key
template <class T>
bool change_part(T& task, int n) {
  bool in_key = false;
  Walk([&](auto& part, bool keyed) {
    if (n-- != 0) return;
    change(part);
    in_key = keyed;
  }).over(task);
  return in_key;
}

Task received(const Task& sent) {
  std::stringstream bytes;
  {
    boost::archive::binary_oarchive out(bytes);
    out << sent;
  }
  boost::archive::binary_iarchive in(bytes);
  Task task;
  in >> task;
  return task;
}

// Changes one part after the other.
template <class T>
void check_parts(const T& task) {
  const int n = parts_of(task);
  std::vector<Task> changed{task};
  std::set<storage::Key> keys{key_of(task, {}, 1)};
  for (int i = 0; i < n; ++i) {
    T one = task;
    const bool keyed = change_part(one, i);
    CAPTURE(KindTraits<T>::kName, i);
    CHECK(std::ranges::find(changed, Task(one)) == changed.end());
    CHECK(keys.insert(key_of(one, {}, 1)).second == keyed);
    CHECK(received(one) == Task(one));
    changed.push_back(one);
  }
}

template <class... Tasks>
void check_kinds(std::type_identity<std::variant<Tasks...>>) {
  const auto check = []<class T>(T task) {
    CHECK(received(task) == Task(task));
    fill(task);
    check_parts(task);
  };
  (check(Tasks{}), ...);
}

}  // namespace

TEST_CASE("every field of a task travels and is in its key, or says why not",
          "[jobs][task_fields]") {
  check_kinds(std::type_identity<Task>{});
}

TEST_CASE("without texts, no model is in an activity task's key",
          "[jobs][task_fields]") {
  ActivityTask task;
  fill(task);
  task.texts.clear();
  check_parts(task);
  ActivityTask other = task;
  other.model.digest = "another";
  CHECK(key_of(other, {}, 1) == key_of(task, {}, 1));
}

TEST_CASE("members are counted whatever their types", "[jobs][task_fields]") {
  struct Nested {
    int one = 1;
    std::string two;
  };
  struct Members {
    Nested nested;
    std::vector<Nested> list;
    std::string text;
    bool yes = true;
    double number = 0;
    Control control = Control::none;
    storage::Key key;
  };
  STATIC_REQUIRE(count_members<Members>() == 7);
  STATIC_REQUIRE(count_members<Nested>() == 2);
}
