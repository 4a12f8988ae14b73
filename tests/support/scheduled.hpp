#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/schedule/scheduler.hpp"

namespace coxswain::tests {

// Leases in words, in the order they were given.
using Given = std::vector<std::string>;

// All that is leased at `now`: "task@worker", a copy with a star behind it.
Given given(runner::Scheduler& scheduler, double now);

// Workers 1 to `n`, there from time 0 on.
void add_workers(runner::Scheduler& scheduler, int n);

// `n` tasks that depend on nothing.
std::vector<runner::SchedulerTask> independent_tasks(
    std::size_t n, double cost = 1, std::uint64_t resident = 0);

// Leases in advance of up to `lead` seconds.
runner::SchedulerPolicy with_lead(double lead);

}  // namespace coxswain::tests
