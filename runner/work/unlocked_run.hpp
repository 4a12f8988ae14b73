#pragma once

#include <functional>
#include <string>

#include "runner/status/run_view.hpp"
#include "storage/run/run_directory.hpp"

namespace coxswain::runner {

// Throws RunInUse if somebody works on a run whose file system has no locks
// (`why`: what it answers), naming the lock, who it is, and what to do. Whoever
// is not known to be dead is given the time to renew status.json
// (LiveStatus::quiet; `pause` passes a second of it).
void refuse_if_alive(const storage::RunDirectory& run, const std::string& why,
                     const Viewpoint& from, const std::function<void()>& pause);

// The same from here, in real time, before the lock is signed; nothing where
// there are locks.
void sign_unlocked(const storage::RunDirectory& run,
                   storage::ScopedRunLock& lock);

}  // namespace coxswain::runner
