#include "jobs/task/task.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

namespace coxswain::jobs {
namespace {

// The traits of a kind, of all kinds as one type.
struct KindRow {
  TaskKind kind;
  const char* name;
  int order;
  bool timed;
  bool clean_passes;
};

template <class T>
constexpr KindRow row_of() {
  using Traits = KindTraits<T>;
  return {kKindOf<T>, Traits::kName, Traits::kOrder, Traits::kTimed,
          Traits::kCleanPasses};
}

template <class... Tasks>
constexpr auto rows_of(std::type_identity<std::variant<Tasks...>>) {
  return std::array{row_of<Tasks>()...};
}

constexpr auto kRows = rows_of(std::type_identity<Task>{});

constexpr bool numbered_by_place() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (kRows[i].kind != static_cast<TaskKind>(i)) return false;
  }
  return true;
}
static_assert(numbered_by_place(),
              "a kind has another number than its place in Task");

constexpr auto kSorted = [] {
  auto rows = kRows;
  std::ranges::sort(rows, {}, &KindRow::order);
  return rows;
}();
static_assert(std::ranges::adjacent_find(kSorted, {}, &KindRow::order) ==
                  kSorted.end(),
              "two kinds at one place of the order");

constexpr auto kOrdered = [] {
  std::array<TaskKind, kSorted.size()> kinds{};
  std::ranges::transform(kSorted, kinds.begin(), &KindRow::kind);
  return kinds;
}();

const KindRow& row_of(TaskKind kind) {
  return kRows[static_cast<std::size_t>(kind)];
}

}  // namespace

const char* name_of(TaskKind kind) { return row_of(kind).name; }

std::span<const TaskKind> kinds_in_order() { return kOrdered; }

bool is_timed(TaskKind kind) { return row_of(kind).timed; }

bool is_clean_passes(TaskKind kind) { return row_of(kind).clean_passes; }

TaskLoads loads_of(const Task& task) {
  if (const auto* variants = std::get_if<VariantsTask>(&task)) {
    const bool planted =
        std::any_of(variants->requests.begin(), variants->requests.end(),
                    [](const VariantRequest& request) {
                      return request.source == VariantSource::planted;
                    });
    return {planted ? &variants->model : nullptr, nullptr};
  }
  if (const auto* activity = std::get_if<ActivityTask>(&task)) {
    return {activity->texts.empty() ? nullptr : &activity->model,
            &activity->sae};
  }
  return std::visit(
      [](const auto& one) -> TaskLoads {
        if constexpr (requires { one.sae; }) {
          return {nullptr, &one.sae};
        } else if constexpr (requires { one.model; }) {
          return {&one.model, nullptr};
        } else {
          return {};
        }
      },
      task);
}

}  // namespace coxswain::jobs
