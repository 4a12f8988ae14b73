#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "runner/growth/causes.hpp"

namespace coxswain::runner {

// "layer=14,15,method=encode" as one [only] a property: "layer=14,15" and
// "method=encode".
std::vector<std::string> selectors_of(const std::string& text);

// Why chosen cells of one kind of task are there or new.
struct WhyStage {
  // A reason in words, and how many of the tasks to compute have it.
  struct Reason {
    std::size_t tasks = 0;
    std::string text;
  };
  jobs::TaskKind kind = jobs::kKindOf<jobs::ExtractTask>;
  std::size_t tasks = 0, tasks_there = 0;  // that have chosen cells
  // 0 where results of such a task are not counted in cells.
  std::int64_t cells = 0, cells_there = 0;
  std::vector<Reason> reasons;
};

// Of the chosen cells, by stage: how many are there, and of those that are not
// which field of what made them new, with its values then and now. Pure.
std::vector<WhyStage> why_of(const Plan& plan,
                             const std::vector<TaskFacts>& facts,
                             const std::vector<TaskStanding>& standings,
                             const Earlier& earlier, const CellChoice& choice);

// Lines for people.
std::string text_of(const std::vector<WhyStage>& why);
nlohmann::json to_json(const std::vector<WhyStage>& why);

}  // namespace coxswain::runner
