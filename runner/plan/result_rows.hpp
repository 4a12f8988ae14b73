#pragma once

#include <cstdint>
#include <string>

#include "jobs/task/sae_header.hpp"
#include "runner/plan/names.hpp"
#include "runner/plan/plan.hpp"
#include "storage/results/rows/behaviour_row.hpp"
#include "storage/results/rows/item_row.hpp"
#include "storage/results/rows/model_row.hpp"
#include "storage/results/rows/sae_row.hpp"

namespace coxswain::runner {

// Rows of results.h5 that say what a sweep is made of: known before anything is
// computed. `id` is the row's number in its table.

storage::ModelRow model_row(std::int32_t id, const PlannedModel& model);
storage::SaeRow sae_row(std::int32_t id, const PlannedSae& sae);
storage::BehaviourRow behaviour_row(std::int32_t id, const DataEntry& data,
                                    const jobs::Behaviour& behaviour,
                                    const std::string& digest);
// `number` counts the behaviour's items, those for training first.
storage::ItemRow item_row(std::int32_t behaviour, std::int32_t number,
                          const jobs::BehaviourItem& item, Split split);

}  // namespace coxswain::runner
